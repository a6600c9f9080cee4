import Flows
import InductionModel
import MarkovChains
import Testing
import Theory

/// Shares are a softmax of the coefficients: one number added to all of them changes nothing, however large it is.
@Suite struct LargeCoefficientsTests {
  @Test(arguments: [900.0, 1000, -1000])
  func shiftedCoefficients(shift: Double) throws {
    var random = RandomModels(seed: 8101)
    let variant = Variant(
      windows: .shared, normalization: .none, keys: .fullWindow, featureNorm: .constant,
      coefficients: .softmax,
      secondLayer: .softmax)
    let model = try ModelDefinition(tokens: 2, window: 2, heads: 2, degree: 2, variant: variant)
    let laws = try WindowLaws(kernels: random.kernels(2, tokens: 2, parents: [1, 2]), window: 2)
    let point = random.parameters(model)
    var moved = point
    moved.coefficients = point.coefficients.map { $0 + shift }
    let sequences = random.sequences(4, length: 8, tokens: 2)
    let loss = Loss(epsilon: 0.01)
    for level: any LevelLoss in [
      try InfiniteContextLoss(model: model, loss: loss, laws: laws),
      try LeadingOrderLoss(model: model, loss: loss, laws: laws),
      try FiniteContextLoss(model: model, loss: loss, sequences: sequences),
    ] {
      let (expected, slope) = try level.evaluate(point)
      let (found, gradient) = try level.evaluate(moved)
      #expect(abs(found - expected) < 1e-12)
      #expect(zip(gradient.flat, slope.flat).allSatisfy { abs($0 - $1) < 1e-11 })
    }
  }
}
