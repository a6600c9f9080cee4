import Foundation
import MarkovChains

/// One random source of a survey.
struct SurveySource {
  private let tokens: Int
  private let parents: [Int]
  private let concentration: Double
  private let seed: Int

  /// d in 2...4, one to three parents among the lags 1...4, contiguous or not, α uniform in 0.3...1.
  init(_ number: Int, seed: Int) {
    var random = CounterGenerator(
      seed: UInt64(seed), place: DrawPlace(.order), number: UInt32(truncatingIfNeeded: number))
    tokens = 2 + random.below(3)
    var lags = [1, 2, 3, 4]
    for last in stride(from: 3, to: 0, by: -1) { lags.swapAt(last, random.below(last + 1)) }
    parents = lags.prefix(1 + random.below(3)).sorted()
    // Three digits: what the table shows is what was run.
    concentration = (1000 * (0.3 + 0.7 * random.uniform())).rounded() / 1000
    self.seed = 1 + random.below(1 << 20)
  }

  /// M = H: heads for all lags up to the farthest parent, at least three.
  private var window: Int { max(3, parents.last ?? 1) }

  /// The comparison of each source, with sets of as many heads as there are parents.
  fileprivate static func sweep(of sources: [SurveySource]) throws -> SweepDefinition {
    func column(_ key: String, _ value: (SurveySource) -> String) -> String {
      "{key: \(key), list: [\(sources.map(value).joined(separator: ", "))]}"
    }
    let columns = [
      column("source.tokens") { "\($0.tokens)" },
      column("source.parents") { "[\($0.parents.map(String.init).joined(separator: ", "))]" },
      column("source.prior.dirichlet") { "\($0.concentration)" },
      column("source.prior.seed") { "\($0.seed)" },
      column("model.window") { "\($0.window)" }, column("model.heads") { "\($0.window)" },
      column("model.degree") { "\($0.parents.count)" },
    ]
    return try SweepDefinition(
      yaml: base + "axes: [{zip: [\(columns.joined(separator: ", "))]}]\n", named: "survey")
  }

  private static let base = """
    base:
      name: survey
      source: {tokens: 2, parents: [1], prior: {kernels: 32}}
      model: {window: 3, heads: 3, degree: 1}
      loss: {epsilon: 1e-3}
      initial: {own: 2, other: 0, coefficients: 1, scale: 1}
      theory:
        stages: [{until: {time: 1200}}]
        solver: {relative: 1e-6, absolute: 1e-8}
        output: {points: 30}
      training:
        context: 1000
        data: {fresh: 256}
        held-out: {count: 256}
        optimizer: {sgd: {rate: 2}}
        stages: [{steps: 600}]
        measure: {points: 20}
        seeds: [1]
        precision: float
    run: compare
    report: survey
    compare: {sequences: 512, lengths: []}
    collect: {selected_set: information_set, relative_gap: relative_gap, theory_winner: limit.theory.winner,
      theory_share: limit.theory.share, training_winner: 'limit.training.seeds[0].winner',
      training_share: 'limit.training.seeds[0].share', total_variation: agreement.total_variation}

    """
}

extension SweepDefinition {
  /// Theory against training over many random sources.
  ///
  /// - Parameter count: at least 1.
  public static func survey(count: Int, seed: Int) throws -> SweepDefinition {
    try SurveySource.sweep(of: (0..<count).map { SurveySource($0, seed: seed) })
  }
}
