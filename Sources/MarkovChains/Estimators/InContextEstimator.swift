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
  /// The Bayes average over which of some sets the parents are, all of the same prior probability, each row of the kernel
  /// from Dirichlet(α), α > 0: Σ_S P(S | x) (N_S(z,e) + α)/(N_S(z) + αd). The tokens behind the largest lag of all sets
  /// count.
  case parentAverage([LagSet], smoothing: Double)
  /// Context-tree weighting over the alphabet of d tokens: the mixture over all tree sources of at most `depth` lags,
  /// each leaf with a law from Dirichlet(α), α > 0; ½ is the estimator of Krichevsky and Trofimov. The tokens behind the
  /// first `depth` count.
  ///
  /// Source: Willems, Shtarkov, Tjalkens, IEEE Trans. Inf. Theory 41 (1995).
  case contextTree(depth: Int, smoothing: Double)
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
  /// - Complexity: O(L |S| + d); for all sets and lags together where there are several.
  public func prediction(after sequence: some RandomAccessCollection<some BinaryInteger>, tokens: Int)
    -> [Double]
  {
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
    case .parentAverage(let sets, let smoothing):
      return ParentAverage(sets: sets, smoothing: smoothing, tokens: tokens).prediction(after: sequence)
    case .contextTree(let depth, let smoothing):
      return ContextTreeWeighting(depth: depth, smoothing: smoothing, tokens: tokens)
        .prediction(after: sequence)
    case .kernel(let kernel):
      guard sequence.count >= kernel.memory else { return uniform }
      let context = kernel.parents.reversed().reduce(0) { context, lag in
        context * tokens + Int(sequence[sequence.index(sequence.endIndex, offsetBy: -lag)])
      }
      return Array(kernel.row(context))
    }
  }
}

extension InContextEstimator {
  /// What it predicts of each sequence's last token from those before it; the same for any number of threads.
  public func predictions(on sequences: TokenSequences, threads: Int) -> Predictions {
    let laws = Concurrent.map(sequences.count, threads: threads) { (row) throws(Never) -> [Double] in
      prediction(after: sequences[row].dropLast(), tokens: sequences.tokens)
    }
    return Predictions(values: laws.flatMap { $0 }, tokens: sequences.tokens)
  }

  /// About the bytes that a prediction takes beside the sequence, for a context of L tokens.
  public func memory(context: Int, tokens: Int) -> Double {
    func tree(lags: Int) -> Double {
      let nodes = (0...lags).reduce(0.0) { sum, level in
        sum + min(Double(context), (0..<level).reduce(1) { size, _ in size * Double(tokens) })
      }
      return nodes * (8 * Double(min(tokens, context)) + 24)
    }
    return switch self {
    case .uniform, .lags, .inductionHead, .kernel: 0
    case .parentAverage(let sets, _): tree(lags: sets.map(\.count).max() ?? 0)
    case .contextTree(let depth, _): tree(lags: depth)
    }
  }
}
