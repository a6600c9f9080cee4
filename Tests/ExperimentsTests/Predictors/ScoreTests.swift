import Foundation
import InductionModel
import MarkovChains
import Testing
import Transformer

@testable import Experiments

@Suite struct ScoreTests {
  private func experiment(_ loss: String = "{}") throws -> Experiment {
    try Experiment(
      Configuration(
        yaml: """
          source: {tokens: 3, parents: [1, 2], prior: {dirichlet: 0.1, kernels: 3000, seed: 5}}
          model: {window: 3, heads: 3, degree: 2}
          loss: \(loss)
          """, named: "test", folder: URL(fileURLWithPath: "/")))
  }

  private func trial(_ experiment: Experiment, count: Int) throws -> Trial {
    let pool = WorkerPool(threads: 2)
    return Trial(
      try FreshSequences(.source(experiment.source), context: 100, count: count, seed: 3, pool: pool),
      pool: pool)
  }

  /// theory.md, section 6: cross-entropies under both criteria, each within three standard errors of both sides.
  @Test func estimatorsHaveTheirKnownLosses() throws {
    let experiment = try experiment()
    let trial = try trial(experiment, count: 12_000)
    func mean(_ lags: [Int]) -> Predictor {
      .estimator("\(lags)", .lags(LagSet(lags), smoothing: 0.1))
    }
    let crossEntropy: [(Predictor, Double)] = [
      (.estimator("uniform", .uniform), log(3)), (mean([]), 0.698), (mean([1]), 0.461), (mean([2]), 0.433),
      (mean([2, 3]), 0.322), (mean([1, 2, 3]), 0.236), (mean([1, 2]), 0.221), (.trueKernel, 0.192),
    ]
    let logits: [(Predictor, Double)] = [
      (.estimator("unigram", .lags(.empty, smoothing: 0)), 0.9008),
      (.estimator("counts", .lags(LagSet([1, 2]), smoothing: 0)), 0.6474), (.trueKernel, 0.6441),
    ]
    // No prediction has a zero here but counts, which the criterion of logits takes.
    for (criterion, known) in [(Loss.Criterion.crossEntropy, crossEntropy), (.logits, logits)] {
      let scoring = Scoring(loss: Loss(criterion: criterion, epsilon: 0))
      let reference = scoring.costs(trial.laws, trial.laws)
      for (predictor, expected) in known {
        let score = try scoring.score(predictor, in: trial, reference: reference)
        // 3000 kernels stand for the population: sequences of one kernel are not independent.
        let own = (score.crossEntropy.standardError ?? 0) * 2
        let error = (own * own + 0.004 * 0.004).squareRoot()
        #expect(
          abs(score.crossEntropy.mean - expected) < 3 * error,
          "\(predictor.name): \(score.crossEntropy) for \(expected)")
        #expect(score.difference.mean >= -1e-12)
      }
    }
  }

  /// Between the best and the others: no estimator without the kernel is better than the posterior mean that knows the
  /// parents, and those that do not know them pay for it.
  @Test func mixturesStandBetweenKnowingAndNotKnowing() throws {
    let experiment = try experiment("{epsilon: 1e-6}")
    let trial = try trial(experiment, count: 4000)
    let scoring = experiment.scoring
    let known = InContextEstimator.lags(LagSet([1, 2]), smoothing: 0.1)
    let reference = scoring.costs(known.predictions(on: trial.fresh.sequences, threads: 2), trial.laws)
    func difference(_ estimator: InContextEstimator) throws -> SampleMean {
      try scoring.score(.estimator("", estimator), in: trial, reference: reference).difference
    }
    let average = try difference(.parentAverage(LagSet.all(window: 3, largest: 2), smoothing: 0.1))
    let tree = try difference(.contextTree(depth: 3, smoothing: 0.5))
    let single = try difference(.lags(LagSet([2]), smoothing: 0.1))
    for mixture in [average, tree] {
      #expect(mixture.mean > 0 && mixture.mean > 3 * (mixture.standardError ?? 0))
      #expect(mixture.mean < single.mean / 3)
    }
    #expect(average.mean < tree.mean)
  }

  /// Scores of laws that are known, by hand.
  @Test func byHand() throws {
    let laws = Predictions(values: [0.5, 0.25, 0.25, 0, 0, 1], tokens: 3)
    let found = Predictions(values: [0.25, 0.5, 0.25, 0, 0.5, 0.5], tokens: 3)
    #expect(found.totalVariation(from: laws) == [0.25, 0.5])
    // The token that is given most has probability ¼ under the law; of two of them the mean.
    #expect(found.accuracy(under: laws) == [0.25, 0.5])
    let divergence = laws.divergence(from: found)
    #expect(abs(divergence[0] - 0.25 * log(2)) < 1e-15 && abs(divergence[1] - log(2)) < 1e-15)
    #expect(found.divergence(from: laws)[1] == .infinity)
    let smoothed = found.smoothed(by: 0.5)
    #expect(Array(smoothed[0]) == [0.3, 0.4, 0.3])
    #expect(found.divergence(from: laws.smoothed(by: 1e-3))[1].isFinite)
    let scoring = Scoring(loss: Loss(criterion: .crossEntropy, epsilon: 0.25))
    let costs = scoring.costs(found, laws)
    #expect(abs(costs[0] - (0.5 * log(2) + 0.25 * log(4.0 / 3) + 0.25 * log(2))) < 1e-15)
    #expect(abs(costs[1] - log(4.0 / 3)) < 1e-15)
  }
}
