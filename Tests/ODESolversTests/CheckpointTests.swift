import Foundation
import ODESolvers
import Testing

/// A run that was interrupted anywhere goes on to the bits of one that was not.
@Suite struct CheckpointTests {
  private struct Log {
    var times: [Double] = []
    var states: [[Double]] = []
    var events: [Occurrence] = []
    var drifts: [Drift] = []
    var counts = Counts()
  }

  private static var events: [Event] {
    [
      Event("lowest") { _, y, _ in y[0] },
      Event("kick", direction: .rising, action: .jump { _, y in y[1] *= 1.01 }) { _, y, _ in y[1] },
    ]
  }

  /// Runs until `stop` accepted steps, then what it left through JSON to the end; nil never stops.
  private func log(_ stepper: Stepper, stopAfter stop: Int?, _ time: TimeScale) throws -> Log? {
    var solver = Solver(stepper, stepper.order < 3 ? 1e-3 : 1e-6, time: time)
    solver.restartInterval = 40
    let outputs = OutputTimes.linear(count: 400)
    let energy = ConservedQuantity("energy") { _, y in y[1] * y[1] / 2 - cos(y[0]) }
    var log = Log()
    var integration = try Integration(
      pendulum(), from: 0, state: [1, 0], to: 12, solver: solver, outputs: outputs, events: Self.events,
      conserved: [energy])
    func run(until limit: Int?) throws -> Outcome {
      try integration.run(
        Observers(
          output: {
            log.times.append($0)
            log.states.append($1)
          }, event: { log.events.append($0) },
          isCancelled: { limit.map { integration.counts.accepted >= $0 } ?? false }))
    }
    if let stop {
      let outcome = try run(until: stop)
      guard case .cancelled = outcome.end else { return nil }
      let json = try JSONEncoder().encode(try #require(integration.resumePoint))
      let checkpoint = try JSONDecoder().decode(Checkpoint.self, from: json)
      log.times.removeSubrange(checkpoint.deliveredOutputs...)
      log.states.removeSubrange(checkpoint.deliveredOutputs...)
      log.events.removeSubrange(checkpoint.deliveredEvents...)
      integration = try Integration(
        pendulum(), resuming: checkpoint, to: 12, solver: solver, outputs: outputs, events: Self.events,
        conserved: [energy])
    }
    let outcome = try run(until: nil)
    log.drifts = outcome.drifts
    log.counts = outcome.counts
    return log
  }

  @Test(arguments: Stepper.allCases, [TimeScale.linear, .logarithmic])
  func resumedRunIsTheSame(stepper: Stepper, time: TimeScale) throws {
    let whole = try #require(try log(stepper, stopAfter: nil, time))
    #expect(whole.times.count == 400 && whole.events.count > 3)
    for stop in [1, 2, 7, 18, 39, 40, 41, 57, 80, 131] {
      // Nothing to compare when it was over before.
      guard let resumed = try log(stepper, stopAfter: stop, time) else { continue }
      let place: Comment = "\(stepper.rawValue) stopped after \(stop) steps"
      #expect(resumed.times == whole.times, place)
      #expect(resumed.states == whole.states, place)
      #expect(resumed.events == whole.events, place)
      #expect(resumed.drifts == whole.drifts, place)
      #expect(resumed.counts == whole.counts, place)
    }
  }

  @Test func checkpointIsReadableAndChecked() throws {
    let integration = try Integration(
      pendulum(), from: 0, state: [1, 0], to: 10, solver: Solver(.rk8pd, 1e-6))
    #expect(integration.resumePoint == nil)
    var offered = 0
    _ = try integration.run(Observers(checkpoint: { _ in offered += 1 }))
    #expect(offered == integration.counts.accepted)
    let checkpoint = try #require(integration.resumePoint)
    let json = try JSONEncoder().encode(checkpoint)
    #expect(try JSONDecoder().decode(Checkpoint.self, from: json) == checkpoint)
    let object = try JSONSerialization.jsonObject(with: json) as? [String: Any]
    #expect(object?["format"] as? Int == 1 && object?["stepper"] as? String == "rk8pd")
    #expect((object?["state"] as? [Double])?.count == 2)
    #expect(throws: ProblemError.self) {
      try Integration(pendulum(), resuming: checkpoint, to: 10, solver: Solver(.rkf45, 1e-6))
    }
    #expect(throws: ProblemError.self) {
      try Integration(
        pendulum(), resuming: checkpoint, to: 10, solver: Solver(.rk8pd, 1e-6, time: .logarithmic))
    }
    #expect(throws: ProblemError.self) {
      try Integration(
        ODESystem(dimension: 1) { _, _, _ in }, resuming: checkpoint, to: 10, solver: Solver(.rk8pd, 1e-6))
    }
    // A finished run can be taken further.
    let further = try Integration(pendulum(), resuming: checkpoint, to: 20, solver: Solver(.rk8pd, 1e-6))
    let whole = try solve(pendulum(), from: 0, state: [1, 0], to: 20, solver: Solver(.rk8pd, 1e-6))
    #expect(
      weightedError(try further.run().state, whole.outcome.state, relative: 0, absolute: 1e-5) < 1)
  }
}
