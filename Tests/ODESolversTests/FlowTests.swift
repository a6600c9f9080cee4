import Foundation
import ODESolvers
import Testing

@Suite struct FlowTests {
  @Test(arguments: [Stepper.rk8pd, .msadams, .rkf45, .rkck])
  func budget(stepper: Stepper) throws {
    let flow = try ContextFlow().system
    let t0 = Date()
    let solver = Solver(
      stepper: stepper, tolerance: Tolerance(relative: 1e-8, absolute: 1e-8), time: .logarithmic)
    let solution = try solve(
      flow, from: 0, state: ContextFlow.start, to: 1e8, solver: solver,
      outputs: .logarithmic(count: 200))
    print(
      stepper, solution.outcome.counts, solution.outcome.state[16],
      solution.outcome.interpolationError as Any, Date().timeIntervalSince(t0))
  }
}
