import Foundation
import InductionModel
import ODESolvers

/// One stage of a flow on its way.
struct StageRun {
  let flow: GradientFlow
  let stage: FlowStage
  let solver: Solver
  /// When the stage begins, and when the whole run may last at most.
  let start: Double
  let cap: Double

  struct Result {
    var time: Double
    var parameters: Parameters
    var counts: Counts
    var cause = "time"
    var drifts: [Drift] = []
    var suggestion: String?
    var isCancelled = false
  }

  /// - Parameter grid: output times of the whole run; nil for every step.
  func run(
    from parameters: Parameters, grid: [Double]?, isFirst: Bool, _ before: Counts,
    _ observers: StagedFlow.Observers
  ) throws -> Result {
    let end = start + stage.end.time
    let state = flow.state(parameters)
    if isFirst { try observers.point?(point(start, state)) }
    // A stage that trains nothing, or whose condition holds from the start, ends where it begins.
    if let held = try conditionHolding(parameters) {
      return Result(time: start, parameters: parameters, counts: before, cause: held)
    }
    var last = start
    let deliver: (Double, [Double]) throws -> Void = { time, state in
      guard time > last else { return }
      last = time
      try observers.point?(point(time, state))
    }
    let times = grid.map { $0.filter { $0 > start && $0 <= end } }
    let integration = try Integration(
      flow.system, from: start, state: state, to: end, solver: solver,
      outputs: times.map { .times($0) } ?? .everyStep, events: events, conserved: flow.conserved)
    do {
      let outcome = try integration.run(
        Observers(
          output: deliver,
          progress: { progress in observers.progress?(progress.time, fraction(progress.time)) },
          isCancelled: observers.isCancelled))
      try deliver(outcome.time, outcome.state)
      var result = Result(
        time: outcome.time, parameters: flow.parameters(outcome.state), counts: before + outcome.counts,
        drifts: outcome.drifts, suggestion: outcome.suggestion)
      switch outcome.end {
      case .event(let occurrence): result.cause = occurrence.name
      case .cancelled: (result.cause, result.isCancelled) = ("interrupted", true)
      case .reachedEnd: break
      }
      return result
    } catch let failure as IntegrationFailure {
      try deliver(failure.time, failure.state)
      throw FlowFailure(
        failure: failure, parameters: flow.parameters(failure.state), cause: meaning(of: failure),
        counts: before + failure.counts)
    }
  }

  private func point(_ time: Double, _ state: [Double]) throws -> FlowPoint {
    FlowPoint(time: time, parameters: flow.parameters(state), loss: try flow.value(state))
  }

  private func fraction(_ time: Double) -> Double {
    switch solver.time {
    case .linear: time / cap
    case .logarithmic: log1p(time) / log1p(cap)
    }
  }

  private func conditionHolding(_ parameters: Parameters) throws -> String? {
    guard !stage.end.conditions.isEmpty else { return nil }
    let state = flow.state(parameters)
    var derivative = [Double](repeating: 0, count: state.count)
    try flow.system.derivative(start, state, &derivative)
    let norm = derivative.norm
    return stage.end.conditions
      .first { $0.excess(parameters, slopeNorm: norm, model: flow.loss.model) >= 0 }?.name
  }

  private var events: [Event] {
    stage.end.conditions.map { condition in
      Event(condition.name, direction: .rising, action: .stop) { [flow] _, state, derivative in
        condition.excess(flow.parameters(state), slopeNorm: derivative.norm, model: flow.loss.model)
      }
    }
  }

  private func meaning(of failure: IntegrationFailure) -> TheoryError? {
    switch failure.reason {
    case .nonFinite: flow.explainNonFinite(failure.state)
    case .thrown(let error): error as? TheoryError
    case .tooManySteps, .stepTooSmall: nil
    }
  }
}

extension [Double] {
  fileprivate var norm: Double { reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
