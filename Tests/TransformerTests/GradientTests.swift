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
      let batch = try TokenSequences(sequences, tokens: 3)
      let evaluator = model.evaluator(precision: .double, pool: WorkerPool())
      try evaluator.load(batch)
      var gradient: [Double] = []
      _ = try evaluator.lossAndGradient(at: parameters.flat, gradient: &gradient)
      let differences = centralDifferences(of: evaluator, at: parameters.flat)
      #expect(relativeError(gradient, differences) < 1e-7, "\(variant) \(criterion) seed \(seed)")
    }
  }

  /// Richardson's extrapolation of central differences: error O(h⁴).
  private func centralDifferences(of evaluator: any BatchEvaluator, at point: [Double]) -> [Double] {
    var unused: [Double] = []
    func loss(_ entry: Int, _ shift: Double) -> Double {
      var moved = point
      moved[entry] += shift
      return (try? evaluator.lossAndGradient(at: moved, gradient: &unused)) ?? .nan
    }
    func slope(_ entry: Int, _ h: Double) -> Double { (loss(entry, h) - loss(entry, -h)) / (2 * h) }
    return point.indices.map { (4 * slope($0, 5e-4) - slope($0, 1e-3)) / 3 }
  }
}
