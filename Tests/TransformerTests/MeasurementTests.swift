import Foundation
import InductionModel
import MarkovChains
import Testing
import Transformer

/// Measurements where their values are known: at a = 0 and at a perfect induction head.
@Suite struct MeasurementTests {
  private func measure(scale: Double, own: Double) throws -> (TrainingMeasurement, TokenSequences) {
    let definition = try ModelDefinition(tokens: 5, window: 2, heads: 2, degree: 2)
    let model = DisentangledTransformer(definition, loss: Loss(epsilon: 1e-3))
    let sampler = try ChainSampler(.prior(concentration: 1, tokens: 5, parents: [1]))
    let heldOut = try sampler.sample(count: 64, length: 81, seed: 1, place: DrawPlace(.heldOut))
    var start = Parameters(model: definition, own: own, other: 0, coefficients: 0, scale: scale)
    start.coefficients[3] = 1
    let setup = TrainingSetup(
      model: model, start: start.flat, data: .fresh(sampler, batch: 8, length: 81), heldOut: heldOut,
      optimizer: try Optimizer(.sgd(rate: 1e-12)),
      stages: [TrainingStage(train: [.scale], end: .steps(1))])
    var measured: [TrainingMeasurement] = []
    _ = try TrainingRun(setup, pool: WorkerPool()).run(.init(measurement: { measured.append($0) }))
    return (try #require(measured.first), heldOut)
  }

  private func value(_ name: String, _ measurement: TrainingMeasurement) -> Double {
    measurement.values.first { $0.name == name }?.value ?? .nan
  }

  /// Uniform attention: the mass on matches is their frequency among the keys.
  @Test func withoutScaleAttentionIsUniform() throws {
    let (measurement, heldOut) = try measure(scale: 0, own: 0)
    var frequency = 0.0
    for row in 0..<heldOut.count {
      let x = Array(heldOut[row])
      let matches = (2..<80).filter { x[$0 - 1] == x[79] && x[$0 - 2] == x[78] }
      frequency += Double(matches.count) / 78 / Double(heldOut.count)
    }
    #expect(abs(value("match[1 2]", measurement) - frequency) < 1e-12)
    #expect(abs(value("induction-score", measurement) - 1.0 / 78) < 1e-12)
    #expect(abs(value("lag[1 2]", measurement) - 0.5) < 1e-12)
  }

  /// One-hot heads and a large scale: all attention on positions that match on {1, 2}, of which a repeated stretch of
  /// random tokens has the induction target.
  @Test func anInductionHeadAttendsToMatches() throws {
    let (measurement, heldOut) = try measure(scale: 200, own: 60)
    let matched = (0..<heldOut.count).count { row in
      let x = Array(heldOut[row])
      return (2..<80).contains { x[$0 - 1] == x[79] && x[$0 - 2] == x[78] }
    }
    #expect(abs(value("match[1 2]", measurement) - Double(matched) / 64) < 1e-9)
    #expect(value("induction-score", measurement) > 0.3)
    #expect(
      abs(value("lag[1 1]", measurement) - 1) < 1e-12 && abs(value("lag[2 2]", measurement) - 1) < 1e-12)
    #expect(value("icl-score", measurement) < 0)
  }

  /// The mean and its standard error against the losses of an independent evaluation.
  @Test func heldOutLossHasItsStandardError() throws {
    let (measurement, heldOut) = try measure(scale: 3, own: 2)
    let definition = try ModelDefinition(tokens: 5, window: 2, heads: 2, degree: 2)
    let model = DisentangledTransformer(definition, loss: Loss(epsilon: 1e-3))
    let losses = try (0..<64).map { row in
      try model.evaluate(
        measurement.parameters, on: [heldOut[row].map { Int($0) }]
      ).loss
    }
    let mean = losses.reduce(0, +) / 64
    let variance = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 63
    #expect(abs(measurement.loss - mean) < 1e-12)
    let error = try #require(measurement.standardError)
    #expect(abs(error - (variance / 64).squareRoot()) < 1e-12)
  }
}
