import InductionModel
import MarkovChains
import Testing
import Theory

/// The Hessian by way of the logits' coefficients against one Hessian product per parameter, which goes another way.
@Suite struct HessianTests {
  static let cases = [
    (tokens: 2, window: 4, heads: 4, degree: 2), (3, 3, 4, 2), (2, 5, 4, 1),
  ]

  @Test(arguments: cases.indices, 0..<12)
  func whole(size: Int, number: Int) throws {
    let seed = UInt64(100 * size + number)
    var random = RandomModels(seed: seed)
    let (tokens, window, heads, degree) = Self.cases[size]
    let windows: Variant.Windows = number % 2 == 0 || tokens == 3 ? .shared : .shifted
    let model = try ModelDefinition(
      tokens: tokens, window: window, heads: heads, degree: degree,
      variant: Variant(
        windows: windows, normalization: .none, keys: .fullWindow, featureNorm: .constant,
        coefficients: Variant.Coefficients.allCases[number / 2 % 3],
        secondLayer: number < 6 ? .softmax : .linear))
    let kernels = random.kernels(3, tokens: tokens, parents: [[1], [1, 3], [2]][number % 3])
    let loss = Loss(criterion: number % 4 < 2 ? .crossEntropy : .logits, epsilon: number % 3 == 0 ? 0.01 : 0)
    let level = try InfiniteContextLoss(
      model: model, loss: loss, laws: WindowLaws(kernels: kernels, window: model.reach))
    let point = random.parameters(model).flat
    let components = Array(point.indices)
    let hessian = try #require(try level.composedHessian())
    let found = hessian(point)
    let expected = try level.hessianByProducts(point, components: components)
    let scale = expected.map(abs).max() ?? 1
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 * scale }, "seed \(seed), \(model)")
    let some = components.filter { $0 % 7 != 3 }
    let part = try level.hessian(point, components: some)
    let rows = some.flatMap { row in some.map { found[row * point.count + $0] } }
    #expect(zip(part, rows).allSatisfy { abs($0 - $1) < 1e-12 * scale })
  }
}
