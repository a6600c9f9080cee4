import Foundation
import MarkovChains

/// One random source of a survey.
public struct SurveySource: Sendable {
  public let tokens: Int
  public let parents: [Int]
  public let concentration: Double
  public let seed: Int

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

  /// Heads for all lags up to the farthest parent, at least three; sets of as many heads as there are parents.
  var yaml: String {
    let window = max(3, parents.last ?? 1)
    return """
      source:
        tokens: \(tokens)
        parents: [\(parents.map(String.init).joined(separator: ", "))]
        prior: {dirichlet: \(concentration), kernels: 32, seed: \(seed)}
      model: {window: \(window), heads: \(window), degree: \(parents.count)}
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
      """
  }
}
