import Flows
import Foundation
import ODESolvers
import ParameterSpaces
import SymbolicTensors
import Testing

/// A rotation, y' = Ay: a flow that is no gradient's.
@Suite struct PlannedRatesTests {
  private let field: PlannedRates

  init() throws {
    let space = ParameterSpace([
      ParameterBlock("y", name: "y[#1]", latex: "y_{#1}", group: "y", axes: [.counted("i", 2)])
    ])
    let graph = ExpressionGraph()
    let parameters = ParameterSymbols(graph, space)
    let (i, j) = (parameters.indices[0][0], graph.index("j", extent: 2))
    let matrix = graph.symbol("A", shape: [2, 2], role: .coefficient)
    field = try PlannedRates(
      [(graph(matrix, i, j) * graph(parameters.symbols[0], j)).sum(over: j)], of: parameters,
      PlanResources(constants: [matrix: [0, -1, 1, 0]]))
  }

  @Test func stateTurns() throws {
    let flow = StagedFlow(
      field, start: [1, 0], stages: [FlowStage(end: FlowStageEnd(time: 2))],
      solver: Solver(stepper: .rk8pd, tolerance: Tolerance(relative: 1e-11, absolute: 1e-12)))
    let end = try flow.run(outputs: .none).parameters
    #expect(abs(end[0] - cos(2)) < 1e-9 && abs(end[1] - sin(2)) < 1e-9)
  }

  @Test func radiusIsConserved() { #expect(field.conservedSums.map(\.name) == ["sum y[.]^2"]) }

  /// Euler's method on a rotation follows y' = Ay − (h/2)A²y = (A + h/2)y to second order: the radius grows by e^{ht/2}.
  @Test func finiteStepsSpiralOutwards() throws {
    let step = 0.1
    let flow = StagedFlow(
      field, start: [1, 0], stages: [FlowStage(end: FlowStageEnd(time: 2))],
      solver: Solver(stepper: .rk8pd, tolerance: Tolerance(relative: 1e-11, absolute: 1e-12)),
      correction: .stepSize(rate: step))
    let end = try flow.run(outputs: .none).parameters
    #expect(abs(hypot(end[0], end[1]) - exp(step)) < 1e-9)
  }
}
