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
      var matches = LagMatches(of: [lags, .empty], tokens: tokens)
      matches.read(sequence)
      var counts = Array(repeating: 0, count: tokens)
      matches.count(0, from: first, into: &counts)
      if smoothing == 0, !counts.contains(where: { $0 > 0 }) { matches.count(1, from: first, into: &counts) }
      let weights = counts.map { Double($0) + smoothing }
      let total = weights.reduce(0, +)
      return total > 0 ? weights.map { $0 / total } : uniform
    case .inductionHead(let lags, let window):
      var heads = InductionHeads([lags], window: window, tokens: tokens)
      var laws = [[Double]()]
      heads.predict(after: sequence, appendingTo: &laws)
      return laws[0]
    case .kernel(let kernel):
      guard sequence.count >= kernel.memory else { return uniform }
      let context = kernel.parents.reversed().reduce(0) { context, lag in
        context * tokens + sequence[sequence.index(sequence.endIndex, offsetBy: -lag)]
      }
      return Array(kernel.row(context))
    }
  }
}
