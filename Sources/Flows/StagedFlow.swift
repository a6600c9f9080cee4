import ODESolvers
import ParameterSpaces

/// A flow in stages: each trains its groups from where the one before ended, until its first condition holds.
public struct StagedFlow {
  public let field: any VectorField
  public let start: [Double]
  public let stages: [FlowStage]
  public let solver: Solver
  public let correction: FlowCorrection

  public init(
    _ field: any VectorField, start: [Double], stages: [FlowStage], solver: Solver,
    correction: FlowCorrection = .none
  ) {
    self.field = field
    self.start = start
    self.stages = stages
    self.solver = solver
    self.correction = correction
  }

  /// The longest that all stages together may last.
  public var timeCap: Double { stages.reduce(0) { $0 + $1.end.time } }

  /// What the caller sees of a run while it lasts; every closure is optional.
  public struct Observers {
    /// A point of the trajectory, in order; the ends of stages are among them.
    public var point: ((FlowPoint) throws -> Void)?
    /// Time, and the fraction of the work that is done, from the logarithms of the time and of its cap.
    public var progress: ((_ time: Double, _ fraction: Double) -> Void)?
    public var isCancelled: (() -> Bool)?
    /// After every accepted step: the point of it, and where the run can be resumed from, which lies before the
    /// point for a multistep stepper. Call the closure's argument only when it is wanted.
    public var checkpoint: ((_ make: () throws -> (FlowPoint, FlowCheckpoint)) throws -> Void)?

    public init(
      point: ((FlowPoint) throws -> Void)? = nil,
      progress: ((_ time: Double, _ fraction: Double) -> Void)? = nil, isCancelled: (() -> Bool)? = nil,
      checkpoint: ((_ make: () throws -> (FlowPoint, FlowCheckpoint)) throws -> Void)? = nil
    ) {
      self.point = point
      self.progress = progress
      self.isCancelled = isCancelled
      self.checkpoint = checkpoint
    }
  }

  /// - Parameters:
  ///   - outputs: over the whole time cap.
  ///   - checkpoint: of a run of the same flow with the same outputs; delivers the points after its `points`. The run that is
  ///     gone on with may have been shorter: in its last stage, in the stages behind it, in outputs after its end.
  /// - Throws: `ProblemError`, `FlowFailure`, or what an observer throws.
  public func run(
    outputs: OutputTimes, resuming checkpoint: FlowCheckpoint? = nil, _ observers: Observers = Observers()
  ) throws -> FlowOutcome {
    let grid = try outputs.grid(from: 0, to: timeCap)
    var now = (checkpoint ?? beginning(everyStep: grid == nil)).reopened(for: stages)
    guard now.ends.count <= stages.count, now.parameters.count == field.space.count,
      now.everyStep == (grid == nil)
    else { throw ProblemError.checkpointMismatch("it was made with another flow") }
    while now.ends.count < stages.count {
      let stage = stages[now.ends.count]
      let run = StageRun(
        flow: Flow(field, trained: stage.trained, start: now.parameters, correction: correction),
        stage: stage, solver: solver, before: now, cap: timeCap)
      let result = try run.run(from: now.parameters, grid: grid, observers)
      let ends = now.ends + [.init(end: result.time, cause: result.cause)]
      // A stage that is made longer goes on with its own.
      let drifts = now.drifts.dropLast(now.stageStart == nil ? 0 : result.drifts.count) + result.drifts
      let suggestion = now.suggestion ?? result.suggestion
      if result.isCancelled {
        return FlowOutcome(
          time: result.time, parameters: result.parameters, counts: result.counts, stages: ends,
          drifts: drifts, suggestion: suggestion, isCancelled: true, resumePoint: result.resumePoint)
      }
      now = FlowCheckpoint(
        time: result.time, parameters: result.parameters, ends: ends, counts: result.counts,
        drifts: drifts, suggestion: suggestion, pointsBefore: result.points, stage: nil,
        stageStart: nil, velocity: result.velocity, everyStep: now.everyStep)
    }
    return FlowOutcome(
      time: now.time, parameters: now.parameters, counts: now.counts,
      stages: now.ends, drifts: now.drifts, suggestion: now.suggestion, isCancelled: false, resumePoint: now)
  }

  private func beginning(everyStep: Bool) -> FlowCheckpoint {
    FlowCheckpoint(
      time: 0, parameters: start, ends: [], counts: Counts(), drifts: [], suggestion: nil,
      pointsBefore: 0, stage: nil, stageStart: nil, velocity: nil, everyStep: everyStep)
  }
}

/// A point of a trajectory.
public struct FlowPoint: Sendable {
  public let time: Double
  public let parameters: [Double]
  /// NaN for a flow that has none.
  public let loss: Double
}

/// How a staged flow ended.
public struct FlowOutcome: Sendable {
  public struct StageResult: Sendable, Hashable, Codable {
    /// When the stage ended.
    public let end: Double
    /// The condition that ended it: `time`, `share`, `attention`, `gradient-norm` or `loss-rate`.
    public let cause: String
  }

  public let time: Double
  public let parameters: [Double]
  public let counts: Counts
  public let stages: [StageResult]
  public let drifts: [Drift]
  public let suggestion: String?
  public let isCancelled: Bool
  /// Where the run can be taken up again.
  public let resumePoint: FlowCheckpoint
}

/// A flow that stopped short: the solver's failure, with the whole point and what it means for the loss.
public struct FlowFailure: Error {
  public let failure: IntegrationFailure
  public let parameters: [Double]
  /// What it means that the loss is not finite nearby, or what the field threw.
  public let cause: (any Error)?
  public let counts: Counts
  /// Where the run can be taken up again, with another limit on its steps for instance.
  public let resumePoint: FlowCheckpoint
}
