import Foundation
import ODESolvers
import Testing

@Suite struct OutputTests {
  @Test func gridsHaveTheirEndsExactly() throws {
    let linear = try #require(try OutputTimes.linear(count: 5).grid(from: 1, to: 3))
    #expect(linear == [1, 1.5, 2, 2.5, 3])
    let logarithmic = try #require(try OutputTimes.logarithmic(count: 4).grid(from: 0, to: 999))
    #expect(logarithmic.first == 0 && logarithmic.last == 999)
    #expect(zip(logarithmic, [0, 9, 99, 999]).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, $1) })
    #expect(try OutputTimes.everyStep.grid(from: 0, to: 1) == nil)
    #expect(throws: ProblemError.self) { try OutputTimes.times([0, 2, 1]).grid(from: 0, to: 3) }
    #expect(throws: ProblemError.self) { try OutputTimes.times([4]).grid(from: 0, to: 3) }
    #expect(throws: ProblemError.self) { try OutputTimes.linear(count: 1).grid(from: 0, to: 3) }
  }

  /// Outputs are dense: the steps, and so the states at the end, are the same bits with any of them.
  @Test(arguments: Stepper.allCases)
  func outputsForceNoSteps(stepper: Stepper) throws {
    let solver = Solver(stepper, 1e-5)
    let bare = try solve(pendulum(), from: 0, state: [1, 0], to: 10, solver: solver)
    let full = try solve(
      pendulum(), from: 0, state: [1, 0], to: 10, solver: solver, outputs: .linear(count: 1000))
    #expect(full.outcome.state == bare.outcome.state)
    #expect(full.outcome.counts.accepted == bare.outcome.counts.accepted)
    #expect(full.outcome.counts.rejected == bare.outcome.counts.rejected)
    #expect(full.times.count == 1000)
    #expect(full.row(999).elementsEqual(full.outcome.state))
  }

  /// 1,000 outputs cost at most 5 % more right-hand sides than one.
  @Test(arguments: [Stepper.rkf45, .rkck, .rk8pd, .msadams, .msbdf, .auto], [1e-4, 1e-6, 1e-8])
  func thousandOutputsAreNearlyFree(stepper: Stepper, tolerance: Double) throws {
    let solver = Solver(stepper, tolerance)
    let one = try solve(
      pendulum(), from: 0, state: [1, 0], to: 60, solver: solver, outputs: .times([60]))
    let many = try solve(
      pendulum(), from: 0, state: [1, 0], to: 60, solver: solver, outputs: .linear(count: 1000))
    #expect(Double(many.outcome.counts.evaluations) <= 1.05 * Double(one.outcome.counts.evaluations))
  }

  /// Dense output is about as accurate as the steps, and its measured error bounds what it adds.
  @Test(arguments: Stepper.allCases)
  func denseOutputIsAsAccurateAsTheSteps(stepper: Stepper) throws {
    let tolerance = stepper.order < 2 ? 1e-2 : stepper.order < 4 ? 1e-4 : 1e-6
    let solution = try solve(
      harmonic(1), from: 0, state: [1, 0], to: 20, solver: Solver(stepper, tolerance),
      outputs: .linear(count: 777))
    let worst = zip(solution.times, solution.states).reduce(0) {
      max($0, weightedError($1.1, [cos($1.0), -sin($1.0)], relative: 0, absolute: tolerance))
    }
    #expect(worst < 10, "\(stepper.rawValue): \(worst) times the tolerance")
    let measured = try #require(solution.outcome.interpolationError)
    #expect(measured > 0 && measured < 30)
  }

  /// The error of dense output at fixed steps falls with the stepper's order at least. Steps are fixed by their
  /// bounds; the reference is exact.
  @Test(arguments: [Stepper.rk2, .rk4, .rkf45, .rkck, .rk8pd])
  func denseOutputHasTheSteppersOrder(stepper: Stepper) throws {
    func error(_ step: Double) throws -> Double {
      var solver = Solver(stepper, 1, 1)
      solver.steps = StepLimits(first: step, largest: step)
      // The middle, away from the ends of the interval.
      let times = (0..<50).map { 8 + 0.08 * Double($0) }
      let solution = try solve(
        harmonic(1), from: 0, state: [1, 0], to: 20, solver: solver, outputs: .times(times))
      return zip(solution.times, solution.states).reduce(0) {
        max($0, weightedError($1.1, [cos($1.0), -sin($1.0)], relative: 0, absolute: 1))
      }
    }
    let (coarse, fine) = stepper == .rk8pd ? (1.0, 0.5) : (0.4, 0.2)
    let order = log2(try error(coarse) / error(fine))
    #expect(order > Double(stepper.order) - 0.5, "\(stepper.rawValue): order \(order)")
  }

  /// y'' where the system knows it and the output misses the tolerance without it: counted as such, and more accurate.
  @Test func higherDerivativesWhereTheyHelp() throws {
    let problem = DETEST.classE[1]
    var informed = problem.system
    informed.higherDerivatives = [
      { _, y, second in
        let slope = (1 - y[0] * y[0]) * y[1] - y[0]
        second[0] = slope
        second[1] = -2 * y[0] * y[1] * y[1] + (1 - y[0] * y[0]) * slope - y[1]
      }
    ]
    let outputs = OutputTimes.linear(count: 500)
    func run(_ system: ODESystem, _ solver: Solver) throws -> Solution {
      try solve(system, from: 0, state: problem.start, to: 20, solver: solver, outputs: outputs)
    }
    var fine = Solver(.rk8pd, 1e-13)
    fine.steps.largest = 0.02
    let exact = try run(problem.system, fine).states
    func error(_ solution: Solution) -> Double {
      zip(solution.states, exact).reduce(0) {
        max($0, weightedError($1.0, $1.1, relative: 1e-8, absolute: 1e-8))
      }
    }
    let (plain, helped) = (
      try run(problem.system, Solver(.rk8pd, 1e-8)), try run(informed, Solver(.rk8pd, 1e-8))
    )
    #expect(plain.outcome.counts.higherDerivatives == [])
    let (counts, accepted) = (helped.outcome.counts.higherDerivatives, helped.outcome.counts.accepted)
    #expect(counts.count == 1 && counts[0] > 0 && counts[0] < accepted)
    let (before, after) = (
      try #require(plain.outcome.interpolationError), try #require(helped.outcome.interpolationError)
    )
    #expect(before > 1 && after < 0.5 * before, "measured \(before), \(after)")
    #expect(error(helped) <= error(plain), "true \(error(plain)), \(error(helped))")
  }

  /// In logarithmic time and backwards, y'' and y''' are turned into derivatives with respect to the clock.
  @Test func higherDerivativesFollowTheClock() throws {
    // y = (1 + t)^p: y' = p y / (1 + t).
    let power = -0.7
    let system = ODESystem(
      dimension: 1,
      higherDerivatives: [
        { t, y, d in d[0] = power * (power - 1) * y[0] / ((1 + t) * (1 + t)) },
        { t, y, d in d[0] = power * (power - 1) * (power - 2) * y[0] / ((1 + t) * (1 + t) * (1 + t)) },
      ],
      derivative: { t, y, d in d[0] = power * y[0] / (1 + t) })
    for (start, end, time) in [
      (0.0, 1e6, TimeScale.logarithmic), (1e6, 0, .logarithmic), (5, 0, .linear),
    ] {
      let solution = try solve(
        system, from: start, state: [pow(1 + start, power)], to: end,
        solver: Solver(.rk8pd, 1e-8, 1e-14, time: time), outputs: .linear(count: 300))
      for (t, y) in zip(solution.times, solution.states) {
        #expect(abs(y[0] / pow(1 + t, power) - 1) < 1e-7)
      }
    }
  }

  @Test func everyStepDeliversTheAcceptedStates() throws {
    let solution = try solve(
      pendulum(), from: 0, state: [1, 0], to: 10, solver: Solver(.rkck, 1e-6), outputs: .everyStep)
    #expect(solution.times.count == solution.outcome.counts.accepted + 1)
    #expect(solution.times.first == 0 && solution.times.last == 10)
    #expect(zip(solution.times, solution.times.dropFirst()).allSatisfy(<))
  }

  @Test func observablesReplaceStates() throws {
    let solution = try solve(
      harmonic(1), from: 0, state: [1, 0], to: 5, outputs: .linear(count: 11),
      saving: [Observable("energy") { _, y in (y[0] * y[0] + y[1] * y[1]) / 2 }])
    #expect(solution.names == ["energy"] && solution.width == 1)
    #expect(solution.values.count == 11 && solution.values.allSatisfy { abs($0 - 0.5) < 1e-8 })
  }

  @Test func backwardsIsTheInverse() throws {
    let there = try solve(pendulum(), from: 0, state: [1, 0], to: 7, solver: Solver(.rk8pd, 1e-11))
    let back = try solve(
      pendulum(), from: 7, state: there.outcome.state, to: 0, solver: Solver(.rk8pd, 1e-11),
      outputs: .linear(count: 8))
    #expect(weightedError(back.outcome.state, [1, 0], relative: 0, absolute: 1e-9) < 1)
    #expect(back.times == [7, 6, 5, 4, 3, 2, 1, 0])
  }

  /// y' = −y/(1 + t) decays as 1/(1 + t): in logarithmic time eight decades take few steps.
  @Test(arguments: [Stepper.rk8pd, .msadams, .bsimp, .msbdf, .auto])
  func logarithmicTime(stepper: Stepper) throws {
    let system = ODESystem(
      dimension: 1,
      jacobian: { t, y, m, d in
        m[0] = -1 / (1 + t)
        d[0] = y[0] / ((1 + t) * (1 + t))
      },
      derivative: { t, y, d in d[0] = -y[0] / (1 + t) })
    let solution = try solve(
      system, from: 0, state: [1], to: 1e8, solver: Solver(stepper, 1e-8, 1e-20, time: .logarithmic),
      outputs: .logarithmic(count: 100))
    #expect(solution.times.last == 1e8)
    for (t, y) in zip(solution.times, solution.states) { #expect(abs(y[0] * (1 + t) - 1) < 1e-6) }
    #expect(solution.outcome.counts.accepted < 1500)
  }

  /// Errors of the observers come out as they are.
  @Test func observersMayThrow() throws {
    struct DiskFull: Error {}
    let integration = try Integration(
      pendulum(), from: 0, state: [1, 0], to: 10, outputs: .linear(count: 10))
    #expect(throws: DiskFull.self) {
      try integration.run(Observers(output: { time, _ in if time > 4 { throw DiskFull() } }))
    }
  }
}
