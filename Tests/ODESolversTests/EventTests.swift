import Foundation
import ODESolvers
import Testing

@Suite struct EventTests {
  /// A ball dropped from height 1 bounces with 0.8 of its speed: closed form for every bounce.
  @Test(arguments: [Stepper.rk4, .rkf45, .rkck, .rk8pd, .msadams])
  func bouncingBall(stepper: Stepper) throws {
    let ball = ODESystem(dimension: 2) { _, y, d in
      d[0] = y[1]
      d[1] = -9.81
    }
    let bounce = Event(
      "bounce", direction: .falling,
      action: .jump { _, y in
        y[0] = 0
        y[1] = -0.8 * y[1]
      }
    ) { _, y, _ in y[0] }
    let solution = try solve(
      ball, from: 0, state: [1, 0], to: 3, solver: Solver(stepper, 1e-10), outputs: .linear(count: 301),
      events: [bounce])
    var expected: [Double] = [(2 / 9.81).squareRoot()]
    while let last = expected.last {
      let next = last + 2 * expected[0] * pow(0.8, Double(expected.count))
      if next >= 3 { break }
      expected.append(next)
    }
    #expect(solution.events.count == expected.count)
    for (event, time) in zip(solution.events, expected) {
      #expect(abs(event.time - time) < 1e-9)
      #expect(!event.rising)
    }
    #expect(solution.times.count == 301)
    #expect(solution.states.allSatisfy { $0[0] > -1e-9 })
  }

  /// The pendulum passes its lowest point at odd multiples of a quarter period, which is an elliptic integral.
  @Test(arguments: [Stepper.rk4, .rkf45, .rkck, .rk8pd, .rk4imp, .bsimp, .msadams, .msbdf, .auto])
  func pendulumCrossings(stepper: Stepper) throws {
    let solution = try solve(
      pendulum(), from: 0, state: [1, 0], to: 30, solver: Solver(stepper, 1e-11),
      events: [
        Event("lowest") { _, y, _ in y[0] }, Event("rising", direction: .rising) { _, y, _ in y[0] },
      ])
    let quarter = pendulumPeriod(angle: 1) / 4
    let crossings = solution.events.filter { $0.name == "lowest" }
    #expect(crossings.count == Int((30 / quarter + 1) / 2))
    for (index, event) in crossings.enumerated() {
      #expect(
        abs(event.time - Double(2 * index + 1) * quarter) < 1e-9,
        "\(stepper.rawValue), crossing \(index): off by \(event.time - Double(2 * index + 1) * quarter)")
      #expect(event.rising == (index % 2 == 1))
    }
    #expect(solution.events.filter { $0.name == "rising" }.count == crossings.filter(\.rising).count)
  }

  /// Several zeros of several events inside one long step come in the order of time.
  @Test func manyInOneStepAreInOrder() throws {
    let clock = ODESystem(dimension: 1) { _, _, d in d[0] = 1 }
    let events = [0.7, 0.2, 0.5, 0.2].enumerated().map { index, time in
      Event("e\(index)") { t, _, _ in t - time }
    }
    var solver = Solver(.rk8pd, 1e-6)
    solver.steps = StepLimits(first: 1)
    let solution = try solve(clock, from: 0, state: [0], to: 1, solver: solver, events: events)
    #expect(solution.outcome.counts.accepted == 1)
    #expect(solution.events.map(\.event) == [1, 3, 2, 0])
  }

  /// Outputs and events reach the observers in the order of time, up to a terminal event and no further.
  @Test(arguments: [Stepper.rk8pd, .msadams, .bsimp])
  func terminalEventEndsTheRun(stepper: Stepper) throws {
    var log: [Double] = []
    let integration = try Integration(
      pendulum(), from: 0, state: [1, 0], to: 100, solver: Solver(stepper, 1e-9),
      outputs: .linear(count: 1001),
      events: [
        Event("turn", direction: .rising) { _, y, _ in y[1] },
        Event("third", direction: .falling, action: .stop) { t, _, _ in 10 - t },
      ])
    let outcome = try integration.run(
      Observers(output: { t, _ in log.append(t) }, event: { log.append($0.time) }))
    guard case .event(let occurrence) = outcome.end else {
      Issue.record("ended with \(outcome.end)")
      return
    }
    #expect(occurrence.name == "third" && abs(outcome.time - 10) < 1e-9)
    #expect(zip(log, log.dropFirst()).allSatisfy(<=))
    #expect(log.filter { $0 < 9.95 }.count == 100 + 1)
    #expect(integration.time == outcome.time && integration.state == outcome.state)
  }

  /// Run again after a stop, the integration goes on from there, and the event is armed again.
  @Test(arguments: [Stepper.rkf45, .rk8pd, .msadams, .rk4imp, .msbdf, .auto])
  func stoppedRunGoesOn(stepper: Stepper) throws {
    let integration = try Integration(
      pendulum(), from: 0, state: [1, 0], to: 20, solver: Solver(stepper, 1e-11),
      events: [Event("lowest", action: .stop) { _, y, _ in y[0] }])
    let quarter = pendulumPeriod(angle: 1) / 4
    var index = 0
    while case .event(let occurrence) = try integration.run().end {
      #expect(abs(occurrence.time - Double(2 * index + 1) * quarter) < 1e-9)
      index += 1
    }
    #expect(index == Int((20 / quarter + 1) / 2))
  }

  /// An event that is zero at the start fires only when it comes back to zero.
  @Test func zeroAtTheStartDoesNotFire() throws {
    let solution = try solve(
      harmonic(1), from: 0, state: [0, 1], to: 4, solver: Solver(.rk8pd, 1e-11),
      events: [Event("zero") { _, y, _ in y[0] }])
    #expect(solution.events.count == 1)
    #expect(abs(try #require(solution.events.first).time - .pi) < 1e-9)
  }

  /// In logarithmic time events are located in t.
  @Test func logarithmicTime() throws {
    let system = ODESystem(dimension: 1) { t, y, d in d[0] = -y[0] / (1 + t) }
    let solution = try solve(
      system, from: 0, state: [1], to: 1e6, solver: Solver(.rk8pd, 1e-12, 1e-16, time: .logarithmic),
      events: [.reaches(1e-3, "thousandth") { _, y in y[0] }])
    #expect(abs(solution.outcome.time - 999) < 1e-8)
  }

  /// Conditions on the derivative: y' = −y has ‖y'‖ = y and −dL/dt = y² for L = y²/2.
  @Test(arguments: [Stepper.rk8pd, .msadams])
  func derivativeConditions(stepper: Stepper) throws {
    let decay = ODESystem(dimension: 1) { _, y, d in d[0] = -y[0] }
    for (event, time) in [
      (Event.derivativeNorm(below: 0.01), log(100)), (Event.lossRate(below: 0.01), log(10.0)),
    ] {
      let solution = try solve(
        decay, from: 0, state: [1], to: 10, solver: Solver(stepper, 1e-11), events: [event])
      #expect(abs(solution.outcome.time - time) < 1e-9)
    }
  }

  @Test func nonFiniteEventIsAnError() throws {
    let integration = try Integration(
      harmonic(1), from: 0, state: [0, 1], to: 10, events: [Event("log") { _, y, _ in log(y[1]) }])
    let failure = try #require(throws: IntegrationFailure.self) { try integration.run() }
    guard case .nonFinite(.event("log")) = failure.reason else {
      Issue.record("\(failure)")
      return
    }
    #expect(failure.time > 0 && failure.time < 2)
  }
}
