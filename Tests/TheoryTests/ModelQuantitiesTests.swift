import Flows
import Foundation
import InductionModel
import MarkovChains
import ODESolvers
import SymbolicTensors
import Testing
import Theory

/// Weights and shares in numbers against their formulas, and the ends of stages that ask for them.
@Suite struct ModelQuantitiesTests {
  @Test(arguments: Variant.Coefficients.allCases)
  func formulas(coefficients: Variant.Coefficients) throws {
    var random = RandomModels(seed: 9101)
    let model = try ModelDefinition(
      tokens: 2, window: 3, heads: 2, degree: 2,
      variant: Variant(windows: .shifted, coefficients: coefficients))
    let point = random.parameters(model)
    let found = point.quantities(model)
    let size: (Double) -> Double =
      switch coefficients {
      case .square: { $0 * $0 }
      case .softmax: { exp($0) }
      case .absolute: { abs($0) }
      }
    expect(found.shares, proportionalTo: point.coefficients.map(size))
    for (head, logits) in point.attention.enumerated() {
      expect(found.weights[head], proportionalTo: logits.map { exp($0) })
    }
    #expect(found.share(HeadSet([1, 2])) == found.shares[3] && found.share(HeadSet([3])) == nil)
    #expect(found.ownWeights(HeadSet([2])) == [found.weights[1][0]])
  }

  @Test func partsInPlaceOfTheVariants() throws {
    var random = RandomModels(seed: 9102)
    let model = try ModelDefinition(tokens: 2, window: 2, heads: 2, degree: 2)
    var parts = DefinitionParts(.paper)
    parts.share = { $0.power(4) }
    let point = random.parameters(model)
    let found = ModelQuantities(model, parts: parts)(point.flat)
    expect(found.shares, proportionalTo: point.coefficients.map { pow($0, 4) })
  }

  private func expect(_ found: [Double], proportionalTo sizes: [Double]) {
    let total = sizes.reduce(0, +)
    #expect(found.count == sizes.count)
    #expect(zip(found, sizes).allSatisfy { abs($0 - $1 / total) < 1e-14 })
  }

  /// A stage ends where the least of the heads' own weights, or the share, is at its bound.
  @Test func stagesEndAtTheirBounds() throws {
    let reference = try ReferenceCase("two-parents")
    let model = reference.model
    let quantities = ModelQuantities(model)
    let heads = HeadSet([1, 2])
    let flow = StagedFlow(
      try InfiniteContextLoss(model: model, loss: reference.loss, laws: reference.laws()),
      start: Parameters(model: model, own: 1, other: 0, coefficients: 1, scale: 2).flat,
      stages: [
        FlowStage(
          trained: [.coefficients],
          end: FlowStageEnd(time: 1e5, conditions: [.share(heads, above: 0.5, by: quantities)])),
        FlowStage(
          trained: [.attention],
          end: FlowStageEnd(time: 1e5, conditions: [.attention(heads, above: 0.9, by: quantities)])),
      ], solver: Solver(tolerance: Tolerance(relative: 1e-9, absolute: 1e-11)))
    let outcome = try flow.run(outputs: .none)
    #expect(outcome.stages.map(\.cause) == ["share", "attention"])
    let end = quantities(outcome.parameters)
    #expect(abs((end.share(heads) ?? 0) - 0.5) < 1e-7)
    #expect(abs((end.ownWeights(heads).min() ?? 0) - 0.9) < 1e-7)
  }
}
