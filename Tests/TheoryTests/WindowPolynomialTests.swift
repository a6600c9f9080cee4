import InductionModel
import MarkovChains
import SymbolicTensors
import Testing
import Theory

/// The Hessian of L_∞ by way of the logits' coefficients as polynomials in the tokens, beyond the definitions in which their
/// degree is that of the model: against one Hessian product per parameter.
@Suite struct WindowPolynomialTests {
  /// All choices of a variant, on windows so few that any function of them is a small polynomial.
  @Test(arguments: Array(stride(from: 1, to: RandomModels.variants, by: 7)))
  func everyVariant(number: Int) throws {
    var random = RandomModels(seed: UInt64(9000 + number))
    let model = try random.model(RandomModels.variant(number))
    let loss = Loss(criterion: number % 3 == 0 ? .logits : .crossEntropy, epsilon: number % 2 == 0 ? 0.02 : 0)
    let laws = try WindowLaws(
      kernels: random.kernels(2, tokens: model.tokens, parents: [1, 2]), window: model.reach)
    try compare(
      InfiniteContextLoss(model: model, loss: loss, laws: laws), at: random.parameters(model), "\(number)")
  }

  /// Parts that the program does not know, also such that raise the degree.
  @Test(arguments: [1, 2, 3])
  func otherParts(power: Int) throws {
    var random = RandomModels(seed: UInt64(9200 + power))
    var parts = DefinitionParts(.paper)
    parts.share = { $0.power(4) }
    parts.match = { $0.power(.init(power)) }
    parts.similarity = { inner, _, _ in inner + inner.squared }
    let model = try ModelDefinition(tokens: 2, window: 5, heads: 2, degree: 2)
    let laws = try WindowLaws(kernels: random.kernels(2, tokens: 2, parents: [1, 3]), window: 5)
    try compare(
      InfiniteContextLoss(model: model, loss: Loss(), laws: laws, parts: parts), at: random.parameters(model),
      "power \(power)")
  }

  /// Where there are too many monomials there is no such way, and products are taken.
  @Test func normalizedOutputsOfManyWindows() throws {
    var random = RandomModels(seed: 9300)
    let model = try ModelDefinition(
      tokens: 2, window: 8, heads: 2, degree: 2, variant: Variant(normalization: .l2))
    let laws = try WindowLaws(kernels: random.kernels(1, tokens: 2, parents: [1]), window: 8)
    #expect(try InfiniteContextLoss(model: model, loss: Loss(), laws: laws).composedHessian() == nil)
    let plain = try ModelDefinition(tokens: 2, window: 8, heads: 2, degree: 2)
    #expect(try InfiniteContextLoss(model: plain, loss: Loss(), laws: laws).composedHessian() != nil)
  }

  private func compare(_ level: InfiniteContextLoss, at point: Parameters, _ name: String) throws {
    let hessian = try #require(try level.composedHessian())
    let found = hessian(point.flat)
    let expected = try level.hessianByProducts(point.flat, components: Array(point.flat.indices))
    let scale = expected.map(abs).max() ?? 1
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 * scale }, "\(name), \(level.model)")
  }
}
