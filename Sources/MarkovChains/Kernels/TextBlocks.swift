/// A text in blocks, each of which has a kernel of its own, and the end of each held out.
public struct TextBlocks: Hashable, Sendable {
  /// Tokens without a gap between them.
  public struct Stretch: Hashable, Sendable {
    public let tokens: [UInt16]
    /// How many of them, from the first, kernels are estimated from; those behind are held out.
    public let trained: Int
  }

  /// What a block is.
  public enum Division: Hashable, Sendable {
    case file
    case record
    /// So many tokens of a file; what is left at its end joins the last block.
    case tokens(Int)
  }

  /// d.
  public let tokens: Int
  /// [block][stretch].
  public let blocks: [[Stretch]]

  /// - Parameters:
  ///   - files: the stretches of every record of every file, [file][record][stretch].
  ///   - heldOut: the share of each block's tokens, from its end, in 0..<1.
  public init(_ files: [[[[UInt16]]]], _ division: Division, heldOut: Double, tokens: Int) {
    self.tokens = tokens
    let blocks: [[[UInt16]]] =
      switch division {
      case .file: files.map { $0.flatMap { $0 } }
      case .record: files.flatMap { $0 }
      case .tokens(let size): files.flatMap { Self.cut($0.flatMap { $0 }, size) }
      }
    self.blocks = blocks.map { Self.held(out: heldOut, of: $0) }
  }

  private static func cut(_ stretches: [[UInt16]], _ size: Int) -> [[[UInt16]]] {
    let total = stretches.reduce(0) { $0 + $1.count }
    let count = max(1, total / size)
    var blocks: [[[UInt16]]] = [[]]
    var room = size
    for stretch in stretches {
      var rest = stretch[...]
      while !rest.isEmpty {
        let part = blocks.count == count ? rest : rest.prefix(room)
        blocks[blocks.count - 1].append(Array(part))
        rest = rest.dropFirst(part.count)
        room -= part.count
        if room == 0, blocks.count < count {
          blocks.append([])
          room = size
        }
      }
    }
    return blocks
  }

  private static func held(out share: Double, of stretches: [[UInt16]]) -> [Stretch] {
    let total = stretches.reduce(0) { $0 + $1.count }
    var rest = total - Int(share * Double(total))
    return stretches.map { stretch in
      let trained = min(rest, stretch.count)
      rest -= trained
      return Stretch(tokens: stretch, trained: trained)
    }
  }

  /// Tokens of a block that follow so many others of their stretch, and are not held out.
  public func positions(ofBlock block: Int, after lags: Int) -> Int {
    blocks[block].reduce(0) { $0 + max(0, $1.trained - lags) }
  }

  /// The kernels of the blocks, each the posterior mean under rows from Dirichlet(α).
  ///
  /// - Throws: `EstimationError`. O(tokens + blocks · dⁿ⁺¹).
  public func kernels(parents: [Int], smoothing: Double) throws(EstimationError) -> [Kernel] {
    var kernels: [Kernel] = []
    for block in blocks {
      kernels.append(
        try Kernel(
          estimatedFrom: block.map { $0.tokens[..<$0.trained] }, tokens: tokens, parents: parents,
          smoothing: smoothing))
    }
    return kernels
  }
}
