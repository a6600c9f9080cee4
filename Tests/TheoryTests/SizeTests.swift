import InductionModel
import MarkovChains
import SymbolicTensors
import Testing
import Theory

/// Models whose tensors have more entries than integers count are refused like any that does not fit.
@Suite struct SizeTests {
  @Test func coefficientTensorsBeyondTheIntegers() throws {
    var random = RandomModels(seed: 8201)
    let model = try ModelDefinition(tokens: 2, window: 10, heads: 10, degree: 10)
    let laws = try WindowLaws(kernels: random.kernels(1, tokens: 2, parents: [1, 2]), window: 10)
    #expect {
      try LeadingOrderLoss(model: model, loss: Loss(), laws: laws)
    } throws: { error in
      if case PlanError.tooLarge = error { true } else { false }
    }
  }
}
