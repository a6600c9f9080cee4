import InductionModel
import MarkovChains
import TestSupport
import Testing
import Transformer

@Suite struct GradientTests {
  /// Every variant under both criteria against central differences of its own loss.
  @Test(arguments: Variant.every.indices)
  func gradientIsTheDerivativeOfTheLoss(number: Int) throws {
    let variant = Variant.every[number]
    let seed = UInt64(number)
    var generator = SeededGenerator(seed: seed)
    let definition = try ModelDefinition(tokens: 3, window: 3, heads: 3, degree: 2, variant: variant)
    let sequences = randomSequences(count: 5, length: 20, tokens: 3, using: &generator)
    let parameters = Parameters.random(definition, using: &generator)
    for criterion in Loss.Criterion.allCases {
      let model = DisentangledTransformer(definition, loss: Loss(criterion: criterion, epsilon: 0.1))
      let batch = try model.evaluator(precision: .double, pool: WorkerPool())
        .prepare(TokenSequences(sequences, tokens: 3), for: .many)
      let gradient = batch.evaluate(at: parameters.flat, .gradient).gradient
      let differences = centralDifferences(of: batch, at: parameters.flat)
      #expect(relativeError(gradient, differences) < 1e-7, "\(variant) \(criterion) seed \(seed)")
    }
  }

  /// Richardson's extrapolation of central differences: error O(h⁴).
  private func centralDifferences(of batch: PreparedBatch, at point: [Double]) -> [Double] {
    func loss(_ entry: Int, _ shift: Double) -> Double {
      var moved = point
      moved[entry] += shift
      return batch.evaluate(at: moved).loss
    }
    func slope(_ entry: Int, _ h: Double) -> Double { (loss(entry, h) - loss(entry, -h)) / (2 * h) }
    return point.indices.map { (4 * slope($0, 5e-4) - slope($0, 1e-3)) / 3 }
  }
}
