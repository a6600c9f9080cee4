/// Stages one after another on one state, each from where the one before it ended.
///
/// Requested times are those of the whole run, from its start to the end of the last stage if every one lasts its full
/// time; the times after a run that ends early are not reached.
public final class StagedIntegration {
  public let stages: [IntegrationStage]
  public let solver: Solver
  public let start: Double
  /// How the stages so far have ended.
  public private(set) var ends: [IntegrationStageEnd]

  private let grid: [Double]?
  private let conserved: [ConservedQuantity]
  private var time: Double
  private var state: [Double]
  private var finished = Counts()
  private var deliveredOutputs = 0
  private var current: Integration?

  /// - Throws: `ProblemError`.
  public init(
    _ stages: [IntegrationStage], from start: Double, state: [Double], solver: Solver = Solver(),
    outputs: OutputTimes = .none, conserved: [ConservedQuantity] = []
  ) throws {
    for stage in stages {
      try ProblemError.check(
        "duration of stage \(stage.name)", stage.duration, stage.duration > 0 && stage.duration.isFinite,
        allowed: "a positive time")
    }
    self.stages = stages
    self.solver = solver
    self.start = start
    self.conserved = conserved
    self.state = state
    time = start
    ends = []
    grid = try outputs.grid(from: start, to: stages.reduce(start) { $0 + $1.duration })
  }

  /// Takes up a staged run where a checkpoint left it.
  public convenience init(
    _ stages: [IntegrationStage], resuming checkpoint: StagedCheckpoint, solver: Solver,
    outputs: OutputTimes = .none,
    conserved: [ConservedQuantity] = []
  ) throws {
    try self.init(
      stages, from: checkpoint.start, state: checkpoint.state, solver: solver, outputs: outputs,
      conserved: conserved)
    guard checkpoint.ends.count <= stages.count,
      zip(checkpoint.ends, stages).allSatisfy({ $0.stage == $1.name })
    else { throw ProblemError.checkpointMismatch("it was made with other stages") }
    ends = checkpoint.ends
    time = checkpoint.ends.last?.time ?? checkpoint.start
    finished = checkpoint.counts
    deliveredOutputs = checkpoint.deliveredOutputs
    guard let inner = checkpoint.stage, ends.count < stages.count else { return }
    let stage = stages[ends.count]
    current = try Integration(
      stage.system, resuming: inner, to: time + stage.duration, solver: solver,
      outputs: outputTimes(to: time + stage.duration), events: stage.conditions.map(\.event),
      conserved: conserved)
  }

  /// Runs the stages that are left. Of the observers, `event` and `checkpoint` are not called: see `ends`, and take
  /// `resumePoint` where it is wanted, in `progress` for instance.
  ///
  /// - Returns: the outcome of the last stage that ran, with the counts of all; its end is `.cancelled` if it was.
  /// - Throws: as `Integration.run`.
  public func run(_ observers: Observers = Observers()) throws -> Outcome? {
    var last: Outcome?
    while ends.count < stages.count {
      let stage = stages[ends.count]
      let outcome = try run(stage, observers)
      last = outcome
      if case .cancelled = outcome.end { break }
      finished = finished + outcome.counts
      deliveredOutputs += current?.outputs.deliveredOutputs ?? 0
      current = nil
      let condition: String? = if case .event(let occurrence) = outcome.end { occurrence.name } else { nil }
      ends.append(
        IntegrationStageEnd(
          stage: stage.name, start: time, time: outcome.time, state: outcome.state, condition: condition))
      (time, state) = (outcome.time, outcome.state)
    }
    return last
  }

  private func run(_ stage: IntegrationStage, _ observers: Observers) throws -> Outcome {
    let end = time + stage.duration
    let integration =
      try current
      ?? Integration(
        stage.system, from: time, state: state, to: end, solver: solver, outputs: outputTimes(to: end),
        events: stage.conditions.map(\.event), conserved: conserved)
    current = integration
    if !ends.isEmpty { integration.outputs.skipStart() }
    var inner = observers
    inner.event = nil
    let (startOfAll, total) = (start, stages.reduce(0) { $0 + $1.duration })
    inner.progress = observers.progress.map { report in
      { progress in
        report(
          Progress(
            time: progress.time, step: progress.step, nextStep: progress.nextStep,
            fraction: (progress.time - startOfAll) / total, counts: progress.counts))
      }
    }
    inner.checkpoint = nil
    return try integration.run(inner, stoppingAtOnceIfHolding: true)
  }

  /// The run's output times that belong to the stage that starts now.
  private func outputTimes(to end: Double) -> OutputTimes {
    guard let grid else { return .everyStep }
    // The first stage delivers the very start; later ones the times after the switch.
    return .times(grid.filter { ($0 > time || (ends.isEmpty && $0 >= time)) && $0 <= end })
  }

  /// Where the run can be resumed from.
  public var resumePoint: StagedCheckpoint {
    StagedCheckpoint(
      start: start, state: state, ends: ends, counts: finished, deliveredOutputs: deliveredOutputs,
      stage: current?.resumePoint)
  }
}

/// Where a staged run can be taken up again.
public struct StagedCheckpoint: Codable, Hashable, Sendable {
  public internal(set) var format = 1
  public let start: Double
  /// At the start of the stage that was running.
  public let state: [Double]
  public let ends: [IntegrationStageEnd]
  /// Of the finished stages.
  public let counts: Counts
  /// Of the finished stages; those of the running one are in `stage`.
  public let deliveredOutputs: Int
  public let stage: Checkpoint?
}
