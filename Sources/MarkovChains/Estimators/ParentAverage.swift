import func Foundation.exp

/// The Bayes average over which lags are the parents: each of some sets with the same prior probability, and given a set
/// every row of the kernel from Dirichlet(α).
///
/// The posterior mean Σ_S P(S | x) (N_S(z,e) + α)/(N_S(z) + αd), where P(S | x) is proportional to the probability of the
/// tokens behind the largest lag of all sets, given those before: Π_z Γ(αd)/Γ(αd + N_S(z)) Π_e Γ(α + N_S(z,e))/Γ(α). All
/// sets so answer for the same tokens.
struct ParentAverage {
  let sets: [LagSet]
  /// α > 0.
  let smoothing: Double
  /// d.
  let tokens: Int

  /// The law of x_{L+1}; uniform where the sequence is not as long as the largest lag. O(L Σ_S |S|).
  func prediction(after sequence: some Collection<some BinaryInteger>) -> [Double] {
    let x = LabelledSequence(sequence)
    let farthest = sets.compactMap(\.members.last).max() ?? 0
    guard !sets.isEmpty, x.count >= farthest else {
      return Array(repeating: 1 / Double(tokens), count: tokens)
    }
    let answers = sets.map { answer(of: $0, x, from: farthest) }
    let best = answers.reduce(-Double.infinity) { max($0, $1.evidence) }
    let weights = answers.map { exp($0.evidence - best) }
    let total = weights.reduce(0, +)
    var law = Array(repeating: 0.0, count: x.distinct + 1)
    for (answer, weight) in zip(answers, weights) {
      for label in law.indices { law[label] += weight / total * answer.law[label] }
    }
    return x.byToken(law, tokens: tokens)
  }

  /// What the set says of x_{L+1}, and the logarithm of the probability that it gave to x_{first+1}...x_L.
  private func answer(of set: LagSet, _ x: LabelledSequence, from first: Int) -> (
    evidence: Double, law: [Double]
  ) {
    var tree = ContextTree(labels: x.distinct, tokens: tokens, smoothing: smoothing, most: x.count - first)
    var evidence = 0.0
    for position in first..<x.count {
      let node = set.members.reduce(ContextTree.root) { tree.child(of: $0, x.labels[position - $1]) }
      evidence += tree.count(x.labels[position], at: node)
    }
    var node: Int? = ContextTree.root
    for lag in set.members {
      node = node.flatMap { tree.existingChild(of: $0, x.labels[x.count - lag]) }
    }
    return (evidence, tree.law(at: node))
  }
}
