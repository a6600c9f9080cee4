/// Predictors of the next token of a sequence from the sequence alone, and the kernel's own.
public enum InContextEstimator: Hashable, Sendable {
  /// 1/d.
  case uniform
  /// The law of the token that follows the context's tokens at the lags S, from counts over the sequence:
  /// (N(z,e) + α)/(N(z) + αd), the posterior mean under Dirichlet(α); at α = 0 empirical frequencies. ∅ is
  /// the unigram predictor. Every position after the largest lag counts.
  case lags(LagSet, smoothing: Double)
  /// GIH(S), the limit of the trained transformer: the mean of x_l over keys l = W+1...L with
  /// x_{l−s} = x_{L+1−s} for all s ∈ S, and the plain mean over the keys if there is none.
  ///
  /// Source: arXiv 2409.10559, definition of the generalized induction head.
  case inductionHead(LagSet, window: Int)
  /// π(· | context), the best there is.
  case kernel(Kernel)

  /// The predicted law of x_{L+1}, d numbers.
  ///
  /// Without a matching position, counts at α = 0 fall back on the mean over all positions after the largest
  /// lag. A sequence too short to have any position, or for the kernel's context, gets the uniform law.
  ///
  /// - Parameters:
  ///   - sequence: x_1...x_L, tokens 0..<`tokens`.
  ///   - tokens: d.
  /// - Complexity: O(L |S| + d).
  public func prediction(after sequence: some RandomAccessCollection<Int>, tokens: Int) -> [Double] {
    let uniform = Array(repeating: 1 / Double(tokens), count: tokens)
    switch self {
    case .uniform: return uniform
    case .lags(let lags, let smoothing):
      let first = lags.members.last ?? 0
      var counts = Self.counts(sequence, lags, firstKey: first, tokens: tokens)
      if smoothing == 0, !counts.contains(where: { $0 > 0 }) {
        counts = Self.counts(sequence, .empty, firstKey: first, tokens: tokens)
      }
      return Self.normalized(counts.map { $0 + smoothing }) ?? uniform
    case .inductionHead(let lags, let window):
      let first = max(window, lags.members.last ?? 0)
      let matching = Self.counts(sequence, lags, firstKey: first, tokens: tokens)
      let all = Self.counts(sequence, .empty, firstKey: window, tokens: tokens)
      return Self.normalized(matching) ?? Self.normalized(all) ?? uniform
    case .kernel(let kernel):
      guard sequence.count >= kernel.memory else { return uniform }
      let context = kernel.parents.reversed().reduce(0) { context, lag in
        context * tokens + sequence[sequence.index(sequence.endIndex, offsetBy: -lag)]
      }
      return Array(kernel.row(context))
    }
  }

  /// How often each token stands at a position, from `firstKey` (counted from 0) on, before which the tokens at
  /// the lags are those before the end.
  private static func counts(
    _ sequence: some RandomAccessCollection<Int>, _ lags: LagSet, firstKey: Int, tokens: Int
  ) -> [Double] {
    var counts = Array(repeating: 0.0, count: tokens)
    func token(_ position: Int) -> Int {
      sequence[sequence.index(sequence.startIndex, offsetBy: position)]
    }
    let length = sequence.count
    for key in stride(from: firstKey, to: length, by: 1)
    where lags.members.allSatisfy({ token(key - $0) == token(length - $0) }) {
      counts[token(key)] += 1
    }
    return counts
  }

  private static func normalized(_ weights: [Double]) -> [Double]? {
    let total = weights.reduce(0, +)
    return total > 0 ? weights.map { $0 / total } : nil
  }
}
