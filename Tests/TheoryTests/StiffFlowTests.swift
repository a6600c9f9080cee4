import Flows
import InductionModel
import ODESolvers
import Testing
import Theory

/// The leading-order flow becomes stiff once its heads have locked: a grows without bound, and with it every rate.
@Suite struct StiffFlowTests {
  private func flow(_ stepper: Stepper, to time: Double = 1e4, _ correction: FlowCorrection = .none) throws
    -> StagedFlow
  {
    let reference = try ReferenceCase("two-parents")
    var solver = Solver(stepper: stepper)
    solver.steps.count = 20_000
    return StagedFlow(
      try LeadingOrderLoss(model: reference.model, loss: reference.loss, laws: reference.laws()),
      start: Parameters(model: reference.model, own: 1, other: 0, coefficients: 1, scale: 0.01).flat,
      stages: [FlowStage(end: FlowStageEnd(time: time))], solver: solver, correction: correction)
  }

  /// In gradients, a column of a Jacobian counted as three.
  private func cost(_ outcome: FlowOutcome) -> Int {
    outcome.counts.evaluations + 3 * outcome.parameters.count * outcome.counts.jacobians
  }

  /// Few steps, no more than 1.5 times the cost of backward differentiation, the same point.
  @Test func autoCostsLittleMoreThanBackwardDifferentiation() throws {
    let auto = try flow(.auto).run(outputs: .none)
    let best = try flow(.msbdf).run(outputs: .none)
    #expect(auto.counts.jacobians > 0 && auto.suggestion == nil)
    #expect(Double(cost(auto)) <= 1.5 * Double(cost(best)), "\(auto.counts) against \(best.counts)")
    for (found, expected) in zip(auto.parameters, best.parameters) {
      #expect(abs(found - expected) <= 1e-5 * max(1, abs(expected)))
    }
  }

  @Test func adamsSaysWhatWorks() throws {
    let failure = try #require(throws: FlowFailure.self) { try flow(.msadams).run(outputs: .none) }.failure
    #expect(failure.limitedByStability)
    #expect(failure.description.contains("use auto") && failure.description.contains("msbdf"))
  }

  /// The modified equation has no Jacobian of its own: differences do.
  @Test func correctedFlowIsIntegratedToo() throws {
    let auto = try flow(.auto, to: 2000, .stepSize(rate: 0.1)).run(outputs: .none)
    let best = try flow(.msbdf, to: 2000, .stepSize(rate: 0.1)).run(outputs: .none)
    for (found, expected) in zip(auto.parameters, best.parameters) {
      #expect(abs(found - expected) <= 1e-5 * max(1, abs(expected)))
    }
  }
}
