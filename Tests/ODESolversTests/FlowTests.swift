import Foundation
import ODESolvers
import Testing

/// The infinite-context flow of a small source to t = 10⁸, its right-hand side written out in plain loops.
@Suite struct FlowTests {
  /// The gradient in `ContextFlow` is that of the reference case, which an independent program computed.
  @Test func rightHandSideIsTheReferenceGradient() throws {
    let (point, gradient) = try ContextFlow.referenceGradient()
    var derivative = [Double](repeating: 0, count: ContextFlow.dimension)
    try ContextFlow().system.derivative(0, point, &derivative)
    #expect(weightedError(derivative, gradient.map { -$0 }, relative: 0, absolute: 1e-12) < 1)
  }

  /// At most 900 right-hand sides in logarithmic time at 1e-8, with an error in a of at most 1e-6.
  @Test func budget() throws {
    let flow = try ContextFlow().system
    func run(_ stepper: Stepper, _ relative: Double, _ absolute: Double, _ outputs: OutputTimes) throws
      -> Outcome
    {
      try solve(
        flow, from: 0, state: ContextFlow.start, to: 1e8,
        solver: Solver(stepper, relative, absolute, time: .logarithmic), outputs: outputs
      ).outcome
    }
    let exact = try run(.msadams, 1e-10, 1e-10, .none).state[16]
    for stepper in [Stepper.rk8pd, .msadams, .auto] {
      for absolute in [1e-8, 1e-10] {
        let outcome = try run(stepper, 1e-8, absolute, .logarithmic(count: 200))
        #expect(
          outcome.counts.evaluations <= 900, "\(stepper.rawValue), absolute \(absolute): \(outcome.counts)")
        #expect(abs(outcome.state[16] - exact) <= 1e-6, "\(stepper.rawValue), absolute \(absolute)")
      }
    }
  }
}
