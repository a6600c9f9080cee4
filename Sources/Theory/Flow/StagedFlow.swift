import InductionModel
import ODESolvers

/// A flow in stages: each trains its groups from where the one before ended, until its first condition holds.
public struct StagedFlow {
  public let loss: any LossFunction
  public let start: Parameters
  public let stages: [FlowStage]
  public let solver: Solver
  public let correction: FlowCorrection

  public init(
    _ loss: any LossFunction, start: Parameters, stages: [FlowStage], solver: Solver,
    correction: FlowCorrection = .none
  ) {
    self.loss = loss
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
    /// Time, and the fraction of the time cap in the solver's variable.
    public var progress: ((_ time: Double, _ fraction: Double) -> Void)?
    public var isCancelled: (() -> Bool)?

    public init(
      point: ((FlowPoint) throws -> Void)? = nil,
      progress: ((_ time: Double, _ fraction: Double) -> Void)? = nil, isCancelled: (() -> Bool)? = nil
    ) {
      self.point = point
      self.progress = progress
      self.isCancelled = isCancelled
    }
  }

  /// - Parameter outputs: over the whole time cap.
  /// - Throws: `ProblemError`, `FlowFailure`, or what an observer throws.
  public func run(outputs: OutputTimes, _ observers: Observers = Observers()) throws -> FlowOutcome {
    let grid = try outputs.grid(from: 0, to: timeCap)
    var time = 0.0
    var parameters = start
    var counts = Counts()
    var ends: [FlowOutcome.StageResult] = []
    var drifts: [Drift] = []
    var suggestion: String?
    for (position, stage) in stages.enumerated() {
      let run = StageRun(
        flow: GradientFlow(loss, trained: stage.trained, start: parameters, correction: correction),
        stage: stage, solver: solver, start: time, cap: timeCap)
      let result = try run.run(from: parameters, grid: grid, isFirst: position == 0, counts, observers)
      (time, parameters, counts) = (result.time, result.parameters, result.counts)
      drifts += result.drifts
      suggestion = suggestion ?? result.suggestion
      ends.append(.init(end: time, cause: result.cause))
      if result.isCancelled {
        return FlowOutcome(
          time: time, parameters: parameters, counts: counts, stages: ends, drifts: drifts,
          suggestion: suggestion, isCancelled: true)
      }
    }
    return FlowOutcome(
      time: time, parameters: parameters, counts: counts, stages: ends, drifts: drifts,
      suggestion: suggestion, isCancelled: false)
  }
}

/// A point of a trajectory.
public struct FlowPoint: Sendable {
  public let time: Double
  public let parameters: Parameters
  public let loss: Double
}

/// How a staged flow ended.
public struct FlowOutcome: Sendable {
  public struct StageResult: Sendable, Hashable {
    /// When the stage ended.
    public let end: Double
    /// The condition that ended it: `time`, `share`, `attention`, `gradient-norm` or `loss-rate`.
    public let cause: String
  }

  public let time: Double
  public let parameters: Parameters
  public let counts: Counts
  public let stages: [StageResult]
  public let drifts: [Drift]
  public let suggestion: String?
  public let isCancelled: Bool
}

/// A flow that stopped short: the solver's failure, with the whole point and what it means for the model.
public struct FlowFailure: Error {
  public let failure: IntegrationFailure
  public let parameters: Parameters
  /// Set where the loss is not finite nearby.
  public let cause: TheoryError?
  public let counts: Counts
}
