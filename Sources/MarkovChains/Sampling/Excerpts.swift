/// Windows of one length that are cut from a text at random, all with the same probability.
public struct Excerpts: Sendable {
  /// Which windows.
  public enum Part: Sendable {
    /// Those of which no token is held out.
    case trained
    /// Those whose last token is held out; those before it may be among the others.
    case heldOut
  }

  /// d.
  public let tokens: Int
  /// L + 1.
  public let length: Int
  /// The text, stretch by stretch.
  private let text: [UInt16]
  /// Where the windows of each stretch begin in the text, and how many windows come before them.
  private let starts: [(first: Int, before: Int)]
  /// How many windows there are.
  public let count: Int

  /// - Throws: `ExcerptError` where no window fits. O(tokens).
  public init(_ blocks: TextBlocks, _ part: Part, length: Int) throws(ExcerptError) {
    var (text, starts, count) = ([UInt16](), [(first: Int, before: Int)](), 0)
    for stretch in blocks.blocks.joined() {
      let (first, end) =
        switch part {
        case .trained: (0, stretch.trained)
        case .heldOut: (max(0, stretch.trained - length + 1), stretch.tokens.count)
        }
      let windows = end - length - first + 1
      let fits = part == .trained || stretch.trained < stretch.tokens.count
      if fits, windows > 0 {
        starts.append((text.count + first, count))
        count += windows
      }
      text += stretch.tokens
    }
    guard count > 0 else {
      let longest = blocks.blocks.joined().map { part == .trained ? $0.trained : $0.tokens.count }.max() ?? 0
      throw ExcerptError(length: length, longest: longest)
    }
    (tokens, self.length, self.text, self.starts, self.count) = (blocks.tokens, length, text, starts, count)
  }

  /// One of the windows. O(log stretches).
  func window(_ number: Int) -> ArraySlice<UInt16> {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle].before <= number { low = middle } else { high = middle }
    }
    let first = starts[low].first + number - starts[low].before
    return text[first..<first + length]
  }
}

/// A text that no window fits in.
public struct ExcerptError: Error, Hashable {
  /// L + 1.
  public let length: Int
  /// Of the stretches without a gap.
  public let longest: Int

  public init(length: Int, longest: Int) { (self.length, self.longest) = (length, longest) }
}
