import Foundation
import ODESolvers
import Testing

@Suite struct LimitTests {
  private func failure(_ system: ODESystem, _ state: [Double], to end: Double, _ solver: Solver) throws
    -> IntegrationFailure
  {
    let integration = try Integration(system, from: 0, state: state, to: end, solver: solver)
    return try #require(throws: IntegrationFailure.self) { try integration.run() }
  }

  @Test func tooManySteps() throws {
    var solver = Solver(.rkf45, 1e-8)
    solver.steps.count = 20
    let failure = try failure(pendulum(), [1, 0], to: 100, solver)
    guard case .tooManySteps(limit: 20) = failure.reason else {
      Issue.record("\(failure)")
      return
    }
    #expect(failure.counts.attempts == 20)
    let message = failure.description
    #expect(message.contains("t = \(failure.time)") && message.contains("step \(failure.step)"))
    #expect(message.contains("\(failure.counts.accepted) accepted") && message.contains("raise the limit"))
  }

  /// λ = −10⁶ over [0, 1]: a stable explicit step is some 10⁻⁶ long, which the remedy names.
  @Test(arguments: [Stepper.rk4, .rkf45, .rkck, .rk8pd, .msadams])
  func stiffnessIsNamed(stepper: Stepper) throws {
    let system = ODESystem(dimension: 1) { t, y, d in d[0] = -1e6 * (y[0] - cos(t)) }
    var solver = Solver(stepper, 1e-4)
    solver.steps.count = 2000
    let failure = try failure(system, [0], to: 1, solver)
    #expect(failure.limitedByStability)
    #expect(failure.remedy.contains("use auto") && failure.remedy.contains("msbdf"))
  }

  @Test(arguments: [Stepper.rk2, .rk4, .rkf45, .rkck, .rk8pd, .msadams])
  func suggestionOnlyWhenStabilityLimits(stepper: Stepper) throws {
    let stiff = ODESystem(dimension: 1) { t, y, d in d[0] = -2000 * (y[0] - cos(t)) }
    let limited = try solve(stiff, from: 0, state: [0], to: 3, solver: Solver(stepper, 1e-3))
    #expect(try #require(limited.outcome.suggestion).contains("msbdf"))
    for problem in DETEST.classB + DETEST.classD {
      let free = try solve(
        problem.system, from: 0, state: problem.start, to: 20, solver: Solver(stepper, 1e-5))
      // B2 decays at a rate of 3 to rest, where nothing but stability limits a step.
      #expect(free.outcome.suggestion == nil || problem.name == "B2", "\(problem.name)")
    }
  }

  @Test func smallestStep() throws {
    var solver = Solver(.rkf45, 1e-10)
    solver.steps = StepLimits(first: 0.5, smallest: 0.1)
    let failure = try failure(pendulum(), [1, 0], to: 10, solver)
    guard case .stepTooSmall(smallest: 0.1) = failure.reason else {
      Issue.record("\(failure)")
      return
    }
    #expect(failure.state == [1, 0])
  }

  @Test func firstAndLargestStep() throws {
    var solver = Solver(.rk8pd, 1e-3)
    solver.steps = StepLimits(first: 1e-3, largest: 0.125)
    let solution = try solve(pendulum(), from: 0, state: [1, 0], to: 10, solver: solver, outputs: .everyStep)
    #expect(solution.times[1] == 1e-3)
    #expect(zip(solution.times, solution.times.dropFirst()).allSatisfy { $1 - $0 <= 0.125 + 1e-12 })
  }

  @Test func toleranceByComponentAndDerivativeWeight() throws {
    // Two decoupled oscillators; the loose one must not cost steps.
    let system = ODESystem(dimension: 4) { _, y, d in
      d[0] = y[1]
      d[1] = -y[0]
      d[2] = 5 * y[3]
      d[3] = -5 * y[2]
    }
    func evaluations(_ absolute: [Double], weight: Double = 0) throws -> Int {
      try solve(
        system, from: 0, state: [1, 0, 1, 0], to: 20,
        solver: Solver(
          stepper: .rkf45,
          tolerance: Tolerance(relative: 1e-12, absolute: .perComponent(absolute), derivativeWeight: weight))
      ).outcome.counts.evaluations
    }
    let tight = try evaluations([1e-8, 1e-8, 1e-8, 1e-8])
    let loose = try evaluations([1e-8, 1e-8, 10, 10])
    #expect(Double(loose) < 0.5 * Double(tight))
    // |h y'| adds to the scale, so that steps grow.
    let weighted = try solve(
      pendulum(), from: 0, state: [1, 0], to: 20,
      solver: Solver(
        stepper: .rkf45, tolerance: Tolerance(relative: 1e-6, absolute: 1e-12, derivativeWeight: 100)))
    let plain = try solve(
      pendulum(), from: 0, state: [1, 0], to: 20,
      solver: Solver(stepper: .rkf45, tolerance: Tolerance(relative: 1e-6, absolute: 1e-12)))
    #expect(weighted.outcome.counts.accepted < plain.outcome.counts.accepted)
  }

  @Test func problemsPosedWronglyAreRefused() {
    let system = pendulum()
    func refused(_ make: () throws -> Integration) { #expect(throws: ProblemError.self) { _ = try make() } }
    refused { try Integration(system, from: 0, state: [1], to: 1) }
    refused { try Integration(system, from: 0, state: [1, .nan], to: 1) }
    refused { try Integration(system, from: 0, state: [1, 0], to: .infinity) }
    refused { try Integration(system, from: 0, state: [1, 0], to: 1, solver: Solver(.rk4, 1e-4, 0)) }
    refused { try Integration(system, from: 0, state: [1, 0], to: 1, solver: Solver(.rk4, -1, 1)) }
    refused {
      try Integration(system, from: -2, state: [1, 0], to: 1, solver: Solver(.rk4, 1, time: .logarithmic))
    }
    refused {
      try Integration(
        system, from: 0, state: [1, 0], to: 1,
        solver: Solver(tolerance: Tolerance(relative: 1, absolute: .perComponent([1]))))
    }
    refused { try Integration(system, from: 0, state: [1, 0], to: 1, outputs: .times([2])) }
    refused {
      try Integration(
        system, from: 0, state: [1, 0], to: 1, solver: Solver(steps: StepLimits(smallest: 2, largest: 1)))
    }
    refused {
      try Integration(ODESystem(dimension: 0) { _, _, _ in }, from: 0, state: [], to: 1)
    }
  }

  @Test func nothingToIntegrate() throws {
    let solution = try solve(
      pendulum(), from: 1, state: [1, 0], to: 1, outputs: .times([1, 1]))
    #expect(solution.times == [1, 1] && solution.outcome.state == [1, 0])
    #expect(solution.outcome.counts.accepted == 0)
  }
}
