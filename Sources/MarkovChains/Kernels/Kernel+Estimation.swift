extension Kernel {
  /// The kernel of sequences: π(e|c) = (N(c,e) + α) / (N(c) + α d), the posterior mean under rows from
  /// Dirichlet(α); at α = 0 the maximum-likelihood estimate. O(tokens of the sequences).
  ///
  /// - Parameters:
  ///   - sequences: tokens 0..<`tokens`; those that do not outlast the largest parent count for nothing.
  ///   - smoothing: α ≥ 0.
  /// - Throws: `EstimationError`; a context that never occurs has no row at α = 0.
  public init<Tokens: RandomAccessCollection>(
    estimatedFrom sequences: [Tokens], tokens: Int, parents: [Int], smoothing: Double
  ) throws(EstimationError) where Tokens.Element: BinaryInteger, Tokens.Index == Int {
    guard smoothing >= 0, smoothing.isFinite else { throw .smoothing(smoothing) }
    let contexts: Int
    do { contexts = try Self.contexts(tokens: tokens, parents: parents) } catch { throw .kernel(error) }
    var counts = Array(repeating: 0.0, count: contexts * tokens)
    let farthest = parents.last ?? 0
    for (index, sequence) in sequences.enumerated() {
      let start = sequence.startIndex
      if let place = sequence.firstIndex(where: { $0 < 0 || Int($0) >= tokens }) {
        throw .token(sequence: index, position: place - start, found: Int(sequence[place]), tokens: tokens)
      }
      for position in stride(from: start + farthest, to: sequence.endIndex, by: 1) {
        let context = parents.reversed().reduce(0) { $0 * tokens + Int(sequence[position - $1]) }
        counts[context * tokens + Int(sequence[position])] += 1
      }
    }
    for context in 0..<contexts {
      let row = context * tokens..<(context + 1) * tokens
      let total = counts[row].reduce(0, +) + smoothing * Double(tokens)
      guard total > 0 else {
        let digits = sequence(first: context) { $0 / tokens }.prefix(parents.count).map { $0 % tokens }
        throw .unseenContext(lags: parents, tokens: digits)
      }
      for index in row { counts[index] = (counts[index] + smoothing) / total }
    }
    self.init(unchecked: counts, tokens: tokens, parents: parents)
  }
}

/// Sequences that no kernel can be estimated from.
public enum EstimationError: Error, Hashable {
  case smoothing(Double)
  case kernel(KernelError)
  case token(sequence: Int, position: Int, found: Int, tokens: Int)
  /// The context's tokens, in the order of the lags.
  case unseenContext(lags: [Int], tokens: [Int])
}

extension EstimationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .smoothing(let value): "smoothing: found \(value), allowed a finite number, 0 or more"
    case .kernel(let error): error.description
    case .token(let sequence, let position, let found, let tokens):
      "sequence [\(sequence)][\(position)]: found \(found), allowed a token from 0 to \(tokens - 1)"
    case .unseenContext(let lags, let tokens):
      "the context \(tokens) at the lags \(lags) does not occur in the sequences: "
        + "give more data, fewer parents or a smoothing above 0"
    }
  }
}
