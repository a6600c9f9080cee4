import Flows
import InductionModel
import MarkovChains
import ODESolvers
import ParameterSpaces
import Testing
import Theory

/// θ'' of a gradient flow, with some groups held, against differences of θ' along the flow.
@Suite struct CurvatureTests {
  @Test(arguments: [[ParameterGroup.attention, .coefficients, .scale], [.attention, .scale]])
  func curvatureIsTheChangeOfTheSlope(trained: [ParameterGroup]) throws {
    var random = RandomModels(seed: 7001)
    let model = try ModelDefinition(tokens: 2, window: 3, heads: 2, degree: 2)
    let laws = try WindowLaws(kernels: random.kernels(3, tokens: 2, parents: [1, 2]), window: 3)
    let point = random.parameters(model).flat
    for loss: any LossFunction in [
      try InfiniteContextLoss(model: model, loss: Loss(), laws: laws),
      try LeadingOrderLoss(model: model, loss: Loss(), laws: laws),
    ] {
      let flow = Flow(loss, trained: trained, start: point)
      let system = flow.systemWithCurvature
      let state = flow.state(point)
      func slope(_ state: [Double]) throws -> [Double] {
        var slope = state
        try system.derivative(0, state, &slope)
        return slope
      }
      let here = try slope(state)
      var curvature = state
      try system.higherDerivatives[0](0, state, &curvature)
      let step = 1e-4
      let above = try slope(zip(state, here).map { $0 + step * $1 })
      let below = try slope(zip(state, here).map { $0 - step * $1 })
      for (component, found) in curvature.enumerated() {
        #expect(abs(found - (above[component] - below[component]) / (2 * step)) < 1e-10, "seed 7001")
      }
    }
  }
}
