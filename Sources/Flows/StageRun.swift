import Foundation
import ODESolvers

/// One stage of a flow on its way.
struct StageRun {
  let flow: Flow
  let stage: FlowStage
  let solver: Solver
  /// Where the run stands: at the stage's start, or inside of it when it is resumed.
  let before: FlowCheckpoint
  /// When the whole run may last at most.
  let cap: Double

  struct Result {
    var time: Double
    var parameters: [Double]
    var counts: Counts
    var cause = "time"
    var drifts: [Drift] = []
    var suggestion: String?
    var isCancelled = false
    /// Delivered since the start of the run.
    var points: Int
    /// With inertia, that of the end.
    var velocity: [Double]?
    var resumePoint: FlowCheckpoint
  }

  private var start: Double { before.time }

  /// - Parameter grid: output times of the whole run; nil for every step.
  func run(from parameters: [Double], grid: [Double]?, _ observers: StagedFlow.Observers) throws -> Result {
    let delivery = Delivery(points: before.points, last: start, observers.point)
    // Momentum begins anew with a stage, and goes on in one that is made longer.
    let state = flow.state(parameters, velocity: before.stageStart == nil ? nil : before.velocity)
    if before.points == 0 { try delivery.deliver(point(start, state)) }
    // A stage that trains nothing, or whose condition holds from the start, ends where it begins.
    if before.stage == nil, let held = try conditionHolding(state) {
      return Result(
        time: start, parameters: parameters, counts: before.counts, cause: held, points: delivery.points,
        resumePoint: before)
    }
    let integration = try integration(from: state, grid: grid)
    let pointsBefore = before.stage == nil ? delivery.points : before.pointsBefore
    let resumePoint = { checkpoint(integration.resumePoint, pointsBefore: pointsBefore) }
    var obstacle: (any Error)?
    do {
      let outcome = try integration.run(
        Observers(
          output: { if $0 > delivery.last { try delivery.deliver(point($0, $1)) } },
          progress: { progress in
            observers.progress?(progress.time, fraction(progress.time))
            do {
              try observers.checkpoint? { (try point(integration.time, integration.state), resumePoint()) }
            } catch { obstacle = error }
          },
          isCancelled: { obstacle != nil || observers.isCancelled?() == true }))
      if let obstacle { throw obstacle }
      if outcome.time > delivery.last { try delivery.deliver(point(outcome.time, outcome.state)) }
      var result = Result(
        time: outcome.time, parameters: flow.parameters(outcome.state),
        counts: before.counts + outcome.counts,
        drifts: outcome.drifts, suggestion: outcome.suggestion, points: delivery.points,
        velocity: flow.velocity(outcome.state), resumePoint: resumePoint())
      switch outcome.end {
      case .event(let occurrence): result.cause = occurrence.name
      case .cancelled: (result.cause, result.isCancelled) = ("interrupted", true)
      case .reachedEnd: break
      }
      return result
    } catch let failure as IntegrationFailure {
      if failure.time > delivery.last { try delivery.deliver(point(failure.time, failure.state)) }
      throw FlowFailure(
        failure: failure, parameters: flow.parameters(failure.state), cause: meaning(of: failure),
        counts: before.counts + failure.counts, resumePoint: resumePoint())
    }
  }

  /// Points on their way to the observer, counted over the whole run.
  private final class Delivery {
    var points: Int
    var last: Double
    private let receive: ((FlowPoint) throws -> Void)?

    init(points: Int, last: Double, _ receive: ((FlowPoint) throws -> Void)?) {
      self.points = points
      self.last = last
      self.receive = receive
    }

    func deliver(_ point: FlowPoint) throws {
      last = point.time
      points += 1
      try receive?(point)
    }
  }

  private func integration(from state: [Double], grid: [Double]?) throws -> Integration {
    let end = (before.stageStart ?? start) + stage.end.time
    let outputs =
      grid.map { OutputTimes.times($0.filter { $0 > start && $0 <= end }) } ?? .everyStep
    let conserved = flow.conserved
    if let checkpoint = before.stage {
      return try Integration(
        system, resuming: checkpoint, to: end, solver: solver, outputs: outputs, events: events,
        conserved: conserved)
    }
    return try Integration(
      system, from: start, state: state, to: end, solver: solver, outputs: outputs, events: events,
      conserved: conserved, drifts: before.stageStart == nil ? [] : before.drifts.suffix(conserved.count))
  }

  private var system: ODESystem {
    solver.stepper.dense.gainsFromCurvature ? flow.systemWithCurvature : flow.system
  }

  private func checkpoint(_ stage: Checkpoint?, pointsBefore: Int) -> FlowCheckpoint {
    FlowCheckpoint(
      time: before.time, parameters: before.parameters, ends: before.ends, counts: before.counts,
      drifts: before.drifts, suggestion: before.suggestion, pointsBefore: pointsBefore, stage: stage,
      stageStart: before.stageStart, velocity: before.velocity, everyStep: before.everyStep)
  }

  private func point(_ time: Double, _ state: [Double]) throws -> FlowPoint {
    FlowPoint(time: time, parameters: flow.parameters(state), loss: try flow.value(state) ?? .nan)
  }

  /// Of the work: late dynamics slow down like 1/t, so that steps grow with the time in either variable.
  private func fraction(_ time: Double) -> Double { log1p(time) / log1p(cap) }

  private func conditionHolding(_ state: [Double]) throws -> String? {
    guard !stage.end.conditions.isEmpty else { return nil }
    var derivative = [Double](repeating: 0, count: state.count)
    try flow.system.derivative(start, state, &derivative)
    return stage.end.conditions.first { excess(of: $0, state, derivative) >= 0 }?.name
  }

  private func excess(of condition: FlowCondition, _ state: [Double], _ derivative: [Double]) -> Double {
    condition.excess(flow.parameters(state), flow.pace(state, derivative))
  }

  private var events: [Event] {
    stage.end.conditions.map { condition in
      Event(condition.name, direction: .rising, action: .stop) { _, state, derivative in
        excess(of: condition, state, derivative)
      }
    }
  }

  private func meaning(of failure: IntegrationFailure) -> (any Error)? {
    switch failure.reason {
    case .nonFinite: flow.field.explainNonFinite(flow.parameters(failure.state))
    case .thrown(let error): error
    case .tooManySteps, .stepTooSmall: nil
    }
  }
}
