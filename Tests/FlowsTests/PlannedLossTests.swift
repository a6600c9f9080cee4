import Flows
import Foundation
import ODESolvers
import ParameterSpaces
import SymbolicTensors
import Testing

@Suite struct PlannedLossTests {
  private let network = DeepLinear(targets: [3, 2, 1])

  @Test func derivativesAreThoseOfMatrices() throws {
    let loss = try network.planned()
    let point = (0..<18).map { 0.3 + 0.1 * Double($0 * 7 % 11) }
    var gradient = point
    loss.gradient(point, into: &gradient)
    let hessian = try loss.hessian(point, components: Array(0..<18))
    for component in 0..<18 {
      let step = 1e-5
      var (above, below) = (point, point)
      above[component] += step
      below[component] -= step
      let difference = (try loss.value(above) - loss.value(below)) / (2 * step)
      #expect(abs(gradient[component] - difference) < 1e-8)
      var (up, down) = (point, point)
      loss.gradient(above, into: &up)
      loss.gradient(below, into: &down)
      for other in 0..<18 {
        #expect(abs(hessian[component * 18 + other] - (up[other] - down[other]) / (2 * step)) < 1e-7)
      }
    }
  }

  /// In stages, each singular value on its own sigmoid.
  @Test func flowIsTheClosedForm() throws {
    let times = [0, 0.5, 1, 2, 4]
    var found: [FlowPoint] = []
    let flow = StagedFlow(
      try network.planned(), start: network.start(0.1),
      stages: [FlowStage(end: FlowStageEnd(time: 4))],
      solver: Solver(stepper: .rk8pd, tolerance: Tolerance(relative: 1e-10, absolute: 1e-12)))
    _ = try flow.run(outputs: .times(times), .init(point: { found.append($0) }))
    try #require(found.map(\.time) == times)
    for point in found {
      let expected = network.singularValues(0.1, at: point.time)
      for (mode, value) in expected.enumerated() {
        let product = (0..<3).reduce(0) {
          $0 + point.parameters[9 + mode * 3 + $1] * point.parameters[$1 * 3 + mode]
        }
        #expect(abs(product - value) < 1e-8)
      }
    }
  }

  /// W₁ and W₂ have no shifts and no scalings: nothing is claimed to be conserved.
  @Test func nothingIsConservedThatIsNot() throws {
    #expect(try network.planned().conservedSums.isEmpty)
  }

  @Test func aStageHoldsTheOtherLayer() throws {
    let flow = StagedFlow(
      try network.planned(), start: network.start(0.5),
      stages: [FlowStage(trained: ["W1"], end: FlowStageEnd(time: 3))], solver: Solver())
    let end = try flow.run(outputs: .none).parameters
    #expect(Array(end[9...]) == Array(network.start(0.5)[9...]))
    // W₁' = −W₂ᵀ(W₂W₁ − S): exponential with rate u².
    for (mode, target) in network.targets.enumerated() {
      let limit = target / 0.5
      #expect(abs(end[mode * 4] - (limit + (0.5 - limit) * exp(-0.25 * 3))) < 1e-6)
    }
  }

}
