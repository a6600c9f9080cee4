import Flows
import Foundation
import ODESolvers
import ParameterSpaces
import SymbolicTensors
import Testing

/// The ends of stages on L = ½‖x‖², whose flow is x₀ e^{−t}.
@Suite struct StageEndTests {
  private static let start = [3.0, 4]

  private static func flow(_ conditions: [FlowCondition], inertia: Inertia? = nil) throws -> StagedFlow {
    let space = ParameterSpace([
      ParameterBlock("x", name: "x[#1]", latex: "x_{#1}", group: "x", axes: [.counted("i", 2)])
    ])
    let parameters = ParameterSymbols(ExpressionGraph(), space)
    let loss = Number(1, over: 2) * parameters.entries[0].squared.sum(over: parameters.indices[0])
    return StagedFlow(
      try PlannedLoss(loss, of: parameters), start: start,
      stages: [FlowStage(end: FlowStageEnd(time: 50, conditions: conditions))],
      solver: Solver(tolerance: Tolerance(relative: 1e-10, absolute: 1e-12)),
      correction: inertia.map { .momentum($0) } ?? .none)
  }

  /// ‖x‖ = 5 e^{−t}, −dL/dt = 25 e^{−2t}, and −max x = −4 e^{−t}.
  @Test func endsAreWhereTheClosedFormHasThem() throws {
    let ends: [(FlowCondition, Double)] = [
      (.gradientNorm(below: 0.5), log(10)), (.lossRate(below: 0.25), log(10)),
      (.reached("small", above: -0.4) { $0.map { -$0 } }, log(10)),
    ]
    for (condition, time) in ends {
      let outcome = try Self.flow([condition]).run(outputs: .none)
      #expect(outcome.stages.map(\.cause) == [condition.name])
      #expect(abs(outcome.time - time) < 1e-7)
    }
  }

  @Test func theFirstToHoldEnds() throws {
    let outcome = try Self.flow([.gradientNorm(below: 0.1), .lossRate(below: 1)]).run(outputs: .none)
    #expect(outcome.stages.map(\.cause) == ["loss-rate"])
    #expect(abs(outcome.time - log(5)) < 1e-7)
  }

  @Test func whatHoldsFromTheStartEndsThere() throws {
    let outcome = try Self.flow([.gradientNorm(below: 6)]).run(outputs: .none)
    #expect(outcome.time == 0 && outcome.stages.map(\.cause) == ["gradient-norm"])
  }

  @Test func withoutAConditionTimeEnds() throws {
    let outcome = try Self.flow([.gradientNorm(below: 1e-30)]).run(outputs: .none)
    #expect(outcome.time == 50 && outcome.stages.map(\.cause) == ["time"])
  }
}
