import ODESolvers

/// Where a staged flow can be taken up again, to the same bits as if it had never stopped; readable as JSON.
public struct FlowCheckpoint: Codable, Hashable, Sendable {
  public internal(set) var format = 1
  /// When the running stage began, or was taken up again to be made longer, and the flat point there.
  public let time: Double
  public let parameters: [Double]
  /// How the stages before it ended.
  public let ends: [FlowOutcome.StageResult]
  /// Of the stages before it.
  public let counts: Counts
  public let drifts: [Drift]
  public let suggestion: String?
  /// Points that had been delivered when it began.
  public let pointsBefore: Int
  /// The running stage; nil before its first step.
  public let stage: Checkpoint?
  /// When a stage that is made longer began; nil for one that is not.
  let stageStart: Double?
  /// With inertia, the velocity of the trained components where the last stage ended: one that is made longer goes on with
  /// it.
  let velocity: [Double]?
  /// Whether a point is delivered at every step, the stage's start among the integrator's outputs.
  let everyStep: Bool

  /// Points that had been delivered here: a consumer that has more drops the rest before resuming.
  public var points: Int {
    guard let stage else { return pointsBefore }
    // The integrator delivers a stage's start too, where it delivers every step; the flow has it from before.
    return pointsBefore + stage.deliveredOutputs - (everyStep ? 1 : 0)
  }
}

extension FlowCheckpoint {
  /// Where a run goes on whose last stage has become longer since its time ended it: it is taken up afresh where it ended. A
  /// stage that a condition ended stays ended.
  func reopened(for stages: [FlowStage]) -> FlowCheckpoint {
    guard let last = ends.last, last.cause == "time", stages.indices.contains(ends.count - 1) else {
      return self
    }
    let start = ends.dropLast().last?.end ?? 0
    guard start + stages[ends.count - 1].end.time > last.end * (1 + 1e-9) else { return self }
    return FlowCheckpoint(
      time: time, parameters: parameters, ends: ends.dropLast(), counts: counts, drifts: drifts,
      suggestion: suggestion, pointsBefore: pointsBefore, stage: nil, stageStart: start, velocity: velocity,
      everyStep: everyStep)
  }
}
