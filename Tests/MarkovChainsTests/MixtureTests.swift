import Foundation
import MarkovChains
import TestSupport
import Testing

/// Mixtures over models against the same mixtures summed term by term.
@Suite struct MixtureTests {
  @Test(arguments: [(2, 0, 0.5), (2, 3, 0.5), (2, 3, 2), (3, 2, 0.5), (4, 1, 0.1), (5, 2, 0.5)])
  func contextTreeIsTheSumOverAllTrees(tokens: Int, depth: Int, smoothing: Double) {
    let trees = TreeSource.all(tokens: tokens, depth: depth)
    if tokens == 2, depth == 3 { #expect(trees.count == 26) }
    if tokens == 3, depth == 2 { #expect(trees.count == 9) }
    let prior = trees.map { $0.prior(depth: depth) }
    #expect(abs(prior.reduce(0, +) - 1) < 1e-12)
    let seed: UInt64 = 11
    var generator = SeededGenerator(seed: seed)
    for length in [0, 1, 2, depth, depth + 1, 9, 14] {
      // Of few tokens, so that some do not occur.
      let sequence = (0..<length).map { _ in Int.random(in: 0..<max(2, tokens - 1), using: &generator) }
      let found = InContextEstimator.contextTree(depth: depth, smoothing: smoothing)
        .prediction(after: sequence, tokens: tokens)
      let expected: [Double]
      if length <= depth {
        expected = Array(repeating: 1 / Double(tokens), count: tokens)
      } else {
        func joint(_ sequence: [Int]) -> Double {
          zip(trees, prior).reduce(0) { sum, tree in
            sum + tree.1 * tree.0.probability(of: sequence, from: depth, tokens: tokens, smoothing: smoothing)
          }
        }
        let whole = joint(sequence)
        expected = (0..<tokens).map { joint(sequence + [$0]) / whole }
      }
      #expect(close(found, expected), "seed \(seed), length \(length): \(found) for \(expected)")
    }
  }

  @Test(arguments: [(2, 0.5), (3, 0.1), (4, 1)])
  func parentAverageIsTheSumOverAllSets(tokens: Int, smoothing: Double) {
    let sets = LagSet.all(window: 3, largest: 3)
    let seed: UInt64 = 12
    var generator = SeededGenerator(seed: seed)
    for length in [0, 2, 3, 4, 8, 20] {
      let sequence = (0..<length).map { _ in Int.random(in: 0..<tokens, using: &generator) }
      let found = InContextEstimator.parentAverage(sets, smoothing: smoothing)
        .prediction(after: sequence, tokens: tokens)
      var expected = Array(repeating: 1 / Double(tokens), count: tokens)
      if length >= 3 {
        func joint(_ sequence: [Int]) -> Double {
          sets.reduce(0) { sum, set in
            sum
              + mixtureProbability(of: sequence, from: 3, tokens: tokens, smoothing: smoothing) { position in
                set.members.map { sequence[position - $0] }
              }
          }
        }
        let whole = joint(sequence)
        expected = (0..<tokens).map { joint(sequence + [$0]) / whole }
      }
      #expect(close(found, expected), "seed \(seed), length \(length): \(found) for \(expected)")
    }
  }

  /// The mixtures find what the single models that they hold would say.
  @Test func longContextsChooseTheParents() throws {
    let kernel = try #require(
      try Prior(concentration: 0.2, kernels: 1, seed: 4).draw(tokens: 3, parents: [1, 3]).first)
    var generator = SeededGenerator(seed: 13)
    let context = generator.sequence(kernel, length: 4000)
    let truth = InContextEstimator.kernel(kernel).prediction(after: context, tokens: 3)
    let known = InContextEstimator.lags(LagSet([1, 3]), smoothing: 0.2).prediction(after: context, tokens: 3)
    let average = InContextEstimator.parentAverage(LagSet.all(window: 4, largest: 2), smoothing: 0.2)
      .prediction(after: context, tokens: 3)
    let tree = InContextEstimator.contextTree(depth: 4, smoothing: 0.5).prediction(after: context, tokens: 3)
    for token in 0..<3 {
      #expect(abs(average[token] - known[token]) < 1e-3)
      #expect(abs(tree[token] - truth[token]) < 0.1)
    }
  }

  /// The labels of a large alphabet are those of a small one; tokens that do not occur share the rest.
  @Test func tokensThatDoNotOccur() {
    let (small, large) = ([0, 1, 0, 0, 1, 1, 0, 1, 0], [7, 60_000, 7, 7, 60_000, 60_000, 7, 60_000, 7])
    for estimator in [
      InContextEstimator.contextTree(depth: 2, smoothing: 0.5),
      .parentAverage([.empty, LagSet([1]), LagSet([1, 2])], smoothing: 0.5),
    ] {
      let wide = estimator.prediction(after: large, tokens: 65_536)
      #expect(abs(wide.reduce(0, +) - 1) < 1e-9)
      #expect(wide[0] == wide[65_535] && wide[0] > 0 && wide[0] < wide[7])
      let narrow = estimator.prediction(after: small, tokens: 2)
      #expect(abs(narrow.reduce(0, +) - 1) < 1e-12)
    }
  }

  @Test func batchesAreTheirSequences() throws {
    let sampler = try ChainSampler(.prior(concentration: 0.5, tokens: 4, parents: [2]))
    let sequences = try sampler.sample(count: 70, length: 31, seed: 3, place: DrawPlace(.measurement))
    for estimator in [
      InContextEstimator.uniform, .lags(LagSet([1, 2]), smoothing: 0.5),
      .contextTree(depth: 2, smoothing: 0.5),
      .parentAverage(LagSet.all(window: 2, largest: 2), smoothing: 0.5),
      .inductionHead(LagSet([2]), window: 2),
    ] {
      let found = estimator.predictions(on: sequences, threads: 2)
      #expect(found == estimator.predictions(on: sequences, threads: 1))
      let context = sequences[69].dropLast().map(Int.init)
      #expect(Array(found[69]) == estimator.prediction(after: context, tokens: 4))
    }
  }

  private func close(_ left: [Double], _ right: [Double]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) <= 1e-10 }
  }
}

/// A complete tree of contexts: a leaf, or a child for every token.
private indirect enum TreeSource {
  case leaf
  case node([TreeSource])

  static func all(tokens: Int, depth: Int) -> [TreeSource] {
    guard depth > 0 else { return [.leaf] }
    let below = all(tokens: tokens, depth: depth - 1)
    let families = (0..<tokens).reduce([[TreeSource]]([[]])) { families, _ in
      families.flatMap { family in below.map { family + [$0] } }
    }
    return [.leaf] + families.map { .node($0) }
  }

  func prior(depth: Int) -> Double {
    switch self {
    case .leaf: depth > 0 ? 0.5 : 1
    case .node(let children): children.reduce(0.5) { $0 * $1.prior(depth: depth - 1) }
    }
  }

  /// The context of a position: the tokens before it as far as the tree looks.
  private func context(_ sequence: [Int], _ position: Int) -> [Int] {
    var (tree, context) = (self, [Int]())
    while case .node(let children) = tree {
      context.append(sequence[position - context.count - 1])
      tree = children[context[context.count - 1]]
    }
    return context
  }

  func probability(of sequence: [Int], from first: Int, tokens: Int, smoothing: Double) -> Double {
    mixtureProbability(of: sequence, from: first, tokens: tokens, smoothing: smoothing) {
      context(sequence, $0)
    }
  }
}

/// Π over contexts of Γ(αd)/Γ(αd + N) Π_e Γ(α + N(e))/Γ(α).
private func mixtureProbability(
  of sequence: [Int], from first: Int, tokens: Int, smoothing: Double, context: (_ position: Int) -> [Int]
) -> Double {
  var counts: [[Int]: [Int]] = [:]
  for position in first..<sequence.count {
    counts[context(position), default: Array(repeating: 0, count: tokens)][sequence[position]] += 1
  }
  let mass = smoothing * Double(tokens)
  return exp(
    counts.values.reduce(0) { sum, row in
      let total = Double(row.reduce(0, +))
      let letters = row.reduce(0.0) { $0 + lgamma(smoothing + Double($1)) - lgamma(smoothing) }
      return sum + lgamma(mass) - lgamma(mass + total) + letters
    })
}
