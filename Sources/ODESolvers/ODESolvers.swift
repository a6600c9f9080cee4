// Initial value problems y' = f(t, y) with GSL's steppers, or others that meet `Stepping`.
//
// Goals, in order: a result is never worse than it looks (non-finite numbers, failed steps and exhausted limits are
// errors that keep the last accepted state); outputs, events and stages do not disturb the steps; the same problem
// gives the same bits, also when it was interrupted.
//
// A closure is enough:
//
//     let pendulum = ODESystem(dimension: 2, names: ["angle", "speed"]) { _, state, derivative in
//       derivative[0] = state[1]
//       derivative[1] = -sin(state[0])
//     }
//     let solver = Solver(stepper: .rk8pd, tolerance: Tolerance(relative: 1e-9, absolute: 1e-12))
//     let solution = try solve(
//       pendulum, from: 0, state: [1, 0], to: 100, solver: solver, outputs: .linear(count: 1001),
//       events: [Event("lowest point") { _, state, _ in state[0] }])
//     solution.states[500], solution.events.first?.time, solution.outcome.counts.evaluations
//
// A run that streams its outputs, can be cancelled and be resumed:
//
//     let integration = try Integration(
//       flow, from: 0, state: start, to: 1e8,
//       solver: Solver(stepper: .auto, time: .logarithmic), outputs: .logarithmic(count: 200),
//       events: [.derivativeNorm(below: 1e-6)])
//     let outcome = try integration.run(
//       Observers(
//         output: { time, state in try file.write(time, state) },
//         progress: { bar.show($0.fraction) },
//         isCancelled: { controlC.wasPressed }))
//     switch outcome.end {
//     case .reachedEnd: ...
//     case .event(let occurrence): ...              // occurrence.time, occurrence.state
//     case .cancelled: save(integration.resumePoint)  // JSON; Integration(_:resuming:..) goes on
//     }
//
// `run` throws `IntegrationFailure`, which says what, where and what to try, and holds the last accepted state;
// making an `Integration` throws `ProblemError` for a problem that is posed wrongly.

/// Integrates and keeps what was asked for in memory.
///
/// - Parameter saving: what to save at each output instead of the state.
/// - Throws: `ProblemError`, `IntegrationFailure`.
public func solve(
  _ system: ODESystem, from start: Double, state: [Double], to end: Double, solver: Solver = Solver(),
  outputs: OutputTimes = .none, events: [Event] = [], conserved: [ConservedQuantity] = [],
  saving observables: [Observable]? = nil
) throws -> Solution {
  let integration = try Integration(
    system, from: start, state: state, to: end, solver: solver, outputs: outputs, events: events,
    conserved: conserved)
  var recorder = SolutionRecorder(system, observables)
  let outcome = try integration.run(
    Observers(
      output: { try recorder.record($0, $1) }, event: { recorder.occurrences.append($0) }))
  return recorder.solution(outcome)
}
