import Flows
import InductionModel
import MarkovChains
import SymbolicTensors
import TestSupport
import Testing
import Theory

/// Derived gradients and Hessian products against central differences of the loss expression itself, evaluated
/// directly in extended precision.
@Suite struct VariantGradientTests {
  @Test(arguments: 0..<RandomModels.variants)
  func infiniteContext(number: Int) throws {
    let seed = UInt64(1000 + number)
    var random = RandomModels(seed: seed)
    let model = try random.model(RandomModels.variant(number))
    let parents = [[1], [2], [1, 2], [1, 3]][random.integer(in: 0...3)]
    let kernels = random.kernels(2, tokens: model.tokens, parents: parents)
    let loss = Loss(criterion: number % 2 == 0 ? .crossEntropy : .logits, epsilon: number % 3 == 0 ? 0 : 0.01)
    let level = try InfiniteContextLoss(
      model: model, loss: loss, laws: WindowLaws(kernels: kernels, window: model.reach))
    let point = random.parameters(model)
    try check(level, { level.directValue($0) }, at: point, random: &random, "seed \(seed), \(model)")
  }

  @Test(arguments: 0..<RandomModels.variants)
  func finiteContext(number: Int) throws {
    let seed = UInt64(2000 + number)
    var random = RandomModels(seed: seed)
    let model = try random.model(RandomModels.variant(number))
    let loss = Loss(criterion: number % 2 == 0 ? .logits : .crossEntropy, epsilon: 2)
    let sequences = random.sequences(3, length: model.reach + 6, tokens: model.tokens)
    let level = try FiniteContextLoss(model: model, loss: loss, sequences: sequences)
    let point = random.parameters(model)
    try check(level, { level.directValue($0) }, at: point, random: &random, "seed \(seed), \(model)")
  }

  private func check(
    _ level: some LossFunction, _ differences: (_ at: [Extended]) -> Extended, at point: Parameters,
    random: inout RandomModels, _ comment: Comment
  ) throws {
    let flat = point.flat
    var gradient = flat
    level.gradient(flat, into: &gradient)
    let loss = try level.value(flat)
    let exact = flat.map { Extended($0) }
    #expect(abs(loss - Double(differences(exact))) < 1e-13, comment)
    let step: Extended = Extended.self == Double.self ? 1e-5 : 1e-6
    let numeric = flat.indices.map { component in
      var (above, below) = (exact, exact)
      above[component] += step
      below[component] -= step
      return Double((differences(above) - differences(below)) / (2 * step))
    }
    let tolerance = Extended.self == Double.self ? 1e-8 : 1e-11
    #expect(zip(gradient, numeric).allSatisfy { abs($0 - $1) < tolerance }, comment)

    let direction = flat.map { _ in random.number(in: -1...1) }
    var product = flat
    try level.hessianProduct(flat, along: direction, product: &product)
    var (above, below) = (flat, flat)
    let h = 1e-5
    level.gradient(zip(flat, direction).map { $0 + h * $1 }, into: &above)
    level.gradient(zip(flat, direction).map { $0 - h * $1 }, into: &below)
    let difference = zip(above, below).map { ($0 - $1) / (2 * h) }
    #expect(zip(product, difference).allSatisfy { abs($0 - $1) < 1e-7 }, comment)
  }
}
