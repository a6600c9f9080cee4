import Foundation
import ODESolvers
import Testing

/// A method that is not GSL's, made of public parts alone: dense output, events and restart come with it.
@Suite struct OwnStepperTests {
  /// Heun's method, with Euler's as its error.
  private final class Heun: Stepping {
    let order = 2
    private let rightHandSide: RightHandSide
    init(_ rightHandSide: RightHandSide) { self.rightHandSide = rightHandSide }

    func restart() {}

    func attempt(
      at reading: Double, step: Double, state: inout [Double], slope: [Double]?, error: inout [Double]
    ) throws -> Bool {
      let start = state
      guard try rightHandSide.evaluate(start, at: reading) else { return false }
      let first = rightHandSide.slope
      for index in state.indices { state[index] += step * first[index] }
      guard try rightHandSide.evaluate(state, at: reading + step) else { return false }
      let second = rightHandSide.slope
      for index in state.indices {
        state[index] = start[index] + step * (first[index] + second[index]) / 2
        error[index] = step * (second[index] - first[index]) / 2
      }
      return true
    }
  }

  private static let heun = Stepper(
    "heun", order: 2, control: StepRule(localFraction: 0.1, errorOrderExcess: 0), dense: DenseRule(nodes: 3),
    stability: .interval(1.8)
  ) { rightHandSide, _ in Heun(rightHandSide) }

  @Test func findsEventsAndInterpolates() throws {
    let solution = try solve(
      pendulum(), from: 0, state: [1, 0], to: 10, solver: Solver(Self.heun, 1e-4),
      outputs: .linear(count: 500),
      events: [Event("lowest") { _, y, _ in y[0] }])
    let exact = try solve(
      pendulum(), from: 0, state: [1, 0], to: 10, solver: Solver(.rk8pd, 1e-10), outputs: .linear(count: 500))
    for (found, expected) in zip(solution.states, exact.states) {
      #expect(weightedError(found, expected, relative: 0, absolute: 1e-2) < 1)
    }
    let quarter = pendulumPeriod(angle: 1) / 4
    for (index, event) in solution.events.enumerated() {
      #expect(abs(event.time - Double(2 * index + 1) * quarter) < 1e-2)
    }
    #expect(solution.events.count == 3)
  }

  @Test func resumesToTheSameBits() throws {
    func integration(_ checkpoint: Checkpoint?) throws -> Integration {
      let solver = Solver(Self.heun, 1e-4)
      guard let checkpoint else {
        return try Integration(pendulum(), from: 0, state: [1, 0], to: 5, solver: solver)
      }
      return try Integration(pendulum(), resuming: checkpoint, to: 5, solver: solver)
    }
    let whole = try integration(nil).run()
    let first = try integration(nil)
    _ = try first.run(Observers(isCancelled: { first.counts.accepted >= 20 }))
    let json = try JSONEncoder().encode(try #require(first.resumePoint))
    let rest = try integration(JSONDecoder().decode(Checkpoint.self, from: json)).run()
    #expect(rest.state == whole.state && rest.counts == whole.counts)
  }

  @Test func stiffnessIsNoticed() throws {
    let stiff = ODESystem(dimension: 1) { t, y, d in d[0] = -2000 * (y[0] - cos(t)) }
    let outcome = try solve(stiff, from: 0, state: [0], to: 1, solver: Solver(Self.heun, 1e-3)).outcome
    #expect(try #require(outcome.suggestion).contains("auto"))
  }

  /// Names find the module's own steppers, each once.
  @Test func namesAreUnique() throws {
    #expect(Set(Stepper.allCases.map(\.rawValue)).count == Stepper.allCases.count)
    for stepper in Stepper.allCases { #expect(Stepper(rawValue: stepper.rawValue) == stepper) }
    #expect(Stepper(rawValue: "heun") == nil)
    let json = try JSONEncoder().encode(Solver(stepper: .auto))
    #expect(try JSONDecoder().decode(Solver.self, from: json).stepper == .auto)
  }
}
