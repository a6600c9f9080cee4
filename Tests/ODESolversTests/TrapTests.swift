import Foundation
import ODESolvers
import Testing

/// Traps of GSL's own drivers, each with what must happen instead.
@Suite struct TrapTests {
  /// gsl_odeiv2's step control compares NaN and finds it small: rk8pd and rkf45 report success.
  @Test(arguments: Stepper.allCases)
  func nonFiniteIsNeverSuccess(stepper: Stepper) throws {
    let system = ODESystem(
      dimension: 2, names: ["x", "root"],
      jacobian: { t, _, m, d in
        m[0] = -1
        d[1] = -0.5 / (1 - t).squareRoot()
      },
      derivative: { t, y, d in
        d[0] = -y[0]
        d[1] = (1 - t).squareRoot()
      })
    let integration = try Integration(system, from: 0, state: [1, 0], to: 2, solver: Solver(stepper, 1e-3))
    let failure = try #require(throws: IntegrationFailure.self) { try integration.run() }
    switch failure.reason {
    case .nonFinite(.derivative("root")), .nonFinite(.jacobian), .stepTooSmall: break
    default: Issue.record("\(stepper.rawValue): \(failure)")
    }
    #expect(failure.time <= 1 && failure.time > 0.5)
    #expect(failure.state.allSatisfy { $0.isFinite })
    #expect(abs(failure.state[0] - exp(-failure.time)) < 0.2)
    #expect(failure.description.contains("t = ") && failure.description.contains("right-hand sides"))
  }

  @Test(arguments: [Stepper.rkf45, .rk8pd, .msadams])
  func nonFiniteAtTheStart(stepper: Stepper) throws {
    let system = ODESystem(dimension: 1) { _, _, d in d[0] = .nan }
    let integration = try Integration(system, from: 0, state: [1], to: 1, solver: Solver(stepper, 1e-3))
    let failure = try #require(throws: IntegrationFailure.self) { try integration.run() }
    guard case .nonFinite(.derivative("y[0]")) = failure.reason else {
      Issue.record("\(failure)")
      return
    }
    #expect(failure.time == 0 && failure.state == [1])
  }

  /// gsl_odeiv2_driver_apply leaves the rejected state in y when it fails. y' = y² blows up at t = 1.
  @Test(arguments: Stepper.allCases)
  func failureKeepsTheLastAcceptedState(stepper: Stepper) throws {
    let system = ODESystem(
      dimension: 1, jacobian: { _, y, m, _ in m[0] = 2 * y[0] }, derivative: { _, y, d in d[0] = y[0] * y[0] }
    )
    let tolerance = stepper.order < 3 ? 1e-3 : 1e-6
    var accepted: (Double, [Double]) = (0, [1])
    let integration = try Integration(
      system, from: 0, state: [1], to: 2, solver: Solver(stepper, tolerance), outputs: .everyStep)
    let failure = try #require(throws: IntegrationFailure.self) {
      try integration.run(Observers(output: { accepted = ($0, $1) }))
    }
    #expect(failure.time == accepted.0 && failure.state == accepted.1)
    #expect(abs(failure.time - 1) < 0.01)
    #expect(integration.state == failure.state)
  }

  /// gsl_odeiv2_evolve counts every attempt: the system's own count, and accepted states, are what ours must equal.
  @Test(arguments: Stepper.allCases)
  func countsAreExact(stepper: Stepper) throws {
    var evaluations = 0
    var jacobians = 0
    let system = ODESystem(
      dimension: 2,
      jacobian: { _, y, m, _ in
        jacobians += 1
        m[1] = 1
        m[2] = -2 * y[0] * y[1] - 1
        m[3] = 1 - y[0] * y[0]
      },
      derivative: { _, y, d in
        evaluations += 1
        d[0] = y[1]
        d[1] = (1 - y[0] * y[0]) * y[1] - y[0]
      })
    let solution = try solve(
      system, from: 0, state: [2, 0], to: 15, solver: Solver(stepper, 1e-5), outputs: .everyStep)
    #expect(solution.outcome.counts.evaluations == evaluations)
    #expect(solution.outcome.counts.jacobians == jacobians)
    #expect(solution.outcome.counts.accepted == solution.times.count - 1)
    #expect((jacobians > 0) == stepper.needsJacobian)
  }

  /// GSL calls the Jacobian's null pointer.
  @Test(arguments: Stepper.allCases)
  func missingJacobianIsAnError(stepper: Stepper) throws {
    let system = ODESystem(dimension: 1) { _, y, d in d[0] = -y[0] }
    if stepper.needsJacobian {
      #expect(throws: ProblemError.missingJacobian(stepper)) {
        try Integration(system, from: 0, state: [1], to: 1, solver: Solver(stepper, 1e-4))
      }
    } else {
      _ = try solve(system, from: 0, state: [1], to: 1, solver: Solver(stepper, 1e-4))
    }
    let tolerance = stepper.order < 3 ? 1e-4 : 1e-6
    let differenced = try solve(
      system.withDifferencedJacobian(), from: 0, state: [1], to: 1, solver: Solver(stepper, tolerance))
    #expect(abs(differenced.outcome.state[0] - exp(-1)) < 100 * tolerance)
  }

  /// gsl_odeiv2_evolve keeps y' of the last step: after a parameter has changed it is stale. A jump starts afresh.
  @Test(arguments: [Stepper.rkf45, .rk8pd, .msadams, .rk4imp, .msbdf, .auto])
  func changedParametersAreSeenAtOnce(stepper: Stepper) throws {
    var rate = 1.0
    let system = ODESystem(
      dimension: 1, jacobian: { _, _, m, _ in m[0] = -rate }, derivative: { _, y, d in d[0] = -rate * y[0] })
    let change = Event("change", action: .jump { _, _ in rate = -3 }) { t, _, _ in t - 1 }
    let solution = try solve(
      system, from: 0, state: [1], to: 2, solver: Solver(stepper, 1e-9), events: [change])
    #expect(abs(solution.outcome.state[0] - exp(-1 + 3)) < 1e-6)
  }

  /// The same when the parameter is changed from outside, in the middle of a run.
  @Test(arguments: [Stepper.rkf45, .rk8pd, .msadams, .rk4imp, .msbdf, .auto])
  func changeFromOutsideIsSeen(stepper: Stepper) throws {
    var rate = 1.0
    let system = ODESystem(
      dimension: 1, jacobian: { _, _, m, _ in m[0] = -rate }, derivative: { _, y, d in d[0] = -rate * y[0] })
    let integration = try Integration(
      system, from: 0, state: [1], to: 2, solver: Solver(stepper, 1e-9), outputs: .linear(count: 41))
    var changed: (time: Double, state: Double)?
    var rows: [(Double, Double)] = []
    let outcome = try integration.run(
      Observers(
        output: { rows.append(($0, $1[0])) },
        progress: { progress in
          guard changed == nil, progress.time > 0.5 else { return }
          changed = (progress.time, integration.state[0])
          rate = -3
          integration.systemHasChanged()
        }))
    let (time, state) = try #require(changed)
    #expect(abs(state - exp(-time)) < 1e-7)
    #expect(abs(outcome.state[0] / (state * exp(3 * (2 - time))) - 1) < 1e-7)
    #expect(rows.count == 41)
    for (t, y) in rows {
      let exact = t <= time ? exp(-t) : state * exp(3 * (t - time))
      #expect(abs(y / exact - 1) < 1e-6)
    }
  }

  /// GSL's default error handler aborts the process, here on a singular matrix in bsimp's linear solver.
  @Test func errorHandlerDoesNotAbort() throws {
    // I − h J is singular for h = 0.01.
    let system = ODESystem(
      dimension: 1, jacobian: { _, _, m, _ in m[0] = 200 }, derivative: { _, y, d in d[0] = -y[0] })
    var solver = Solver(.bsimp, 1e-3)
    solver.steps = StepLimits(first: 0.01, count: 50)
    let integration = try Integration(system, from: 0, state: [1], to: 0.1, solver: solver)
    // Whether it gets through does not matter; that the test goes on does.
    _ = Result { try integration.run() }
    #expect(integration.state[0].isFinite)
  }

  /// An error thrown inside GSL's callback comes out with the last accepted state, and does not stay behind.
  @Test(arguments: Stepper.allCases)
  func thrownErrorsComeOut(stepper: Stepper) throws {
    struct OutOfRange: Error, Equatable { let time: Double }
    var isBroken = true
    let system = ODESystem(
      dimension: 1, jacobian: { _, _, m, _ in m[0] = -1 },
      derivative: { t, y, d in
        if t > 1, isBroken { throw OutOfRange(time: t) }
        d[0] = -y[0]
      })
    let integration = try Integration(system, from: 0, state: [1], to: 2, solver: Solver(stepper, 1e-4))
    let failure = try #require(throws: IntegrationFailure.self) { try integration.run() }
    guard case .thrown(let error as OutOfRange) = failure.reason else {
      Issue.record("\(failure)")
      return
    }
    #expect(error.time > 1 && failure.time <= 1)
    #expect(abs(failure.state[0] - exp(-failure.time)) < 0.01)
    isBroken = false
    let outcome = try integration.run()
    #expect(abs(outcome.state[0] - exp(-2)) < 0.01)
  }

  @Test func arraysOfTheWrongLengthAreErrors() throws {
    let system = ODESystem(dimension: 2) { _, _, d in d = [1] }
    let integration = try Integration(system, from: 0, state: [0, 0], to: 1)
    let failure = try #require(throws: IntegrationFailure.self) { try integration.run() }
    guard case .thrown(let error as ProblemError) = failure.reason else {
      Issue.record("\(failure)")
      return
    }
    #expect(error == .lengthChanged(found: 1, expected: 2))
  }
}
