import Foundation
import InductionModel
import MarkovChains
import TestSupport
import Testing
import Transformer

@Suite struct AblationTests {
  private static let variants = [
    Variant.paper, .referenceCode,
    Variant(
      windows: .shared, normalization: .l2, keys: .all, featureNorm: .constant, coefficients: .absolute,
      secondLayer: .softmax),
  ]

  private func models(_ variant: Variant, _ criterion: Loss.Criterion) throws -> [any TrainableModel] {
    let definition = try ModelDefinition(tokens: 3, window: 3, heads: 3, degree: 2, variant: variant)
    let loss = Loss(criterion: criterion, epsilon: 0.1)
    return [OneLayerTransformer(definition, loss: loss), UnnormalizedTransformer(definition, loss: loss)]
  }

  @Test(arguments: variants.indices, Loss.Criterion.allCases)
  func gradientIsTheDerivativeOfTheLoss(number: Int, criterion: Loss.Criterion) throws {
    let seed = UInt64(40 + number)
    var generator = SeededGenerator(seed: seed)
    for model in try models(Self.variants[number], criterion) {
      // Shorter than the window too, where the model takes that.
      for length in [max(3, model.shortestSequence), 20] {
        let sequences = (0..<6).map { _ in (0..<length).map { _ in Int.random(in: 0..<3, using: &generator) }
        }
        let point = (0..<model.parameterCount).map { _ in Double.random(in: 0.2...1.5, using: &generator) }
        let batch = try model.evaluator(precision: .double, pool: WorkerPool(threads: 2))
          .prepare(TokenSequences(sequences, tokens: 3), for: .many)
        let found = batch.evaluate(at: point, .gradient).gradient
        for entry in point.indices {
          func slope(_ h: Double) -> Double {
            var (up, down) = (point, point)
            up[entry] += h
            down[entry] -= h
            return (batch.evaluate(at: up).loss - batch.evaluate(at: down).loss) / (2 * h)
          }
          let expected = (4 * slope(5e-4) - slope(1e-3)) / 3
          #expect(abs(found[entry] - expected) < 1e-8, "\(model.identity) \(entry) seed \(seed)")
        }
      }
    }
  }

  /// By hand: three lags and what lies beyond them.
  @Test func oneLayerIsAMeanByDistance() throws {
    let definition = try ModelDefinition(tokens: 3, window: 2, heads: 1, degree: 1, variant: .paper)
    let model = OneLayerTransformer(definition, loss: Loss(criterion: .crossEntropy, epsilon: 0))
    #expect(model.space.names == ["w[1]", "w[2]", "w[beyond]"])
    let point = [log(4.0), log(2.0), 0]
    let batch = try model.evaluator(precision: .double, pool: WorkerPool())
      .prepare(TokenSequences([[0, 1, 1, 2, 0, 1]], tokens: 3), for: .many)
    // Lag 1: a 0 of weight 4/9; lag 2: a 2 of weight 2/9; beyond: 0, 1, 1 of weight 1/9 each.
    let found = batch.evaluate(at: point, [.predictions, .losses])
    for (value, expected) in zip(found.predictions[0], [5.0 / 9, 2.0 / 9, 2.0 / 9]) {
      #expect(abs(value - expected) < 1e-14)
    }
    #expect(abs(found.loss - log(4.5)) < 1e-13 && abs(found.losses[0] - log(4.5)) < 1e-13)
    let attention = try #require(model.attention(on: [0, 1, 1, 2, 0, 1]))
    let keys = attention(point).keys
    for (value, expected) in zip(keys, [1.0 / 9, 1.0 / 9, 1.0 / 9, 2.0 / 9, 4.0 / 9]) {
      #expect(abs(value - expected) < 1e-14)
    }
    // A context of one token is that token.
    let short = try model.evaluator(precision: .double, pool: WorkerPool())
      .prepare(TokenSequences([[2, 1]], tokens: 3), for: .many)
    #expect(Array(short.evaluate(at: point, .predictions).predictions[0]) == [0, 0, 1])
  }

  /// Undivided features are those of the normalised model at the scale a·C.
  @Test func unnormalizedIsTheNormalizedAtAnotherScale() throws {
    let definition = try ModelDefinition(tokens: 3, window: 3, heads: 3, degree: 2, variant: .paper)
    let loss = Loss(criterion: .crossEntropy, epsilon: 1e-3)
    var parameters = Parameters(model: definition, own: 1, other: 0, coefficients: 0.5, scale: 2)
    let sequences = try ChainSampler(.prior(concentration: 0.5, tokens: 3, parents: [1, 2]))
      .sample(count: 20, length: 30, seed: 1, place: DrawPlace(.measurement))
    func evaluate(_ model: any TrainableModel, _ point: [Double]) throws -> BatchValues {
      try model.evaluator(precision: .double, pool: WorkerPool()).prepare(sequences, for: .many)
        .evaluate(at: point, .predictions)
    }
    let free = try evaluate(UnnormalizedTransformer(definition, loss: loss), parameters.flat)
    parameters.scale = 2 * 0.25 * Double(definition.sets.count)
    let normalized = try evaluate(DisentangledTransformer(definition, loss: loss), parameters.flat)
    #expect(free.predictions == normalized.predictions)
  }

  /// What it says the flow keeps, small steps keep; C is not among it.
  @Test func unnormalizedKeepsABalance() throws {
    let definition = try ModelDefinition(tokens: 3, window: 3, heads: 3, degree: 2, variant: .paper)
    let model = UnnormalizedTransformer(definition, loss: Loss(criterion: .crossEntropy, epsilon: 1e-2))
    let sequences = try ChainSampler(.prior(concentration: 0.5, tokens: 3, parents: [1, 2]))
      .sample(count: 64, length: 40, seed: 2, place: DrawPlace(.measurement))
    let batch = try model.evaluator(precision: .double, pool: WorkerPool()).prepare(sequences, for: .many)
    var point = Parameters(model: definition, own: 1, other: 0, coefficients: 0.7, scale: 0.5).flat
    let before = model.invariants.map { $0.value(point) }
    let start = point
    for _ in 0..<1000 {
      let gradient = batch.evaluate(at: point, .gradient).gradient
      for entry in point.indices { point[entry] -= 0.004 * gradient[entry] }
    }
    let moved = zip(point, start).map { abs($0 - $1) }.max() ?? 0
    #expect(moved > 0.1)
    for (invariant, value) in zip(model.invariants, before) {
      #expect(abs(invariant.value(point) - value) < 1e-3, "\(invariant.name)")
    }
  }
}
