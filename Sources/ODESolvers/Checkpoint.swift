/// Where a run can be taken up again so that it goes on to the same bits; readable as JSON.
///
/// JSONEncoder writes every Double so that it reads back exactly.
public struct Checkpoint: Codable, Hashable, Sendable {
  public internal(set) var format = 1
  /// The last accepted time and state.
  public let time: Double
  public let state: [Double]
  /// The stepper's name.
  public let stepper: String
  public let timeScale: TimeScale
  /// Where the run began.
  public let start: Double
  /// Outputs and events delivered before this point: a consumer that has more drops the rest before resuming.
  public let deliveredOutputs: Int
  public let deliveredEvents: Int
  public let counts: Counts
  public let drifts: [Drift]

  /// The step to be tried next.
  let step: Double
  let stepsSinceRestart: Int
  /// The accepted states that dense output builds on, oldest first, and how many of the intervals between the
  /// last of them still wait for delivery.
  let nodes: [Node]
  let waitingIntervals: Int
  let waitingEvents: [Crossing]
  let lastFired: [Double?]
  let interpolationError: Double?
  let stability: StabilityWatch
  /// The name of the method at work, and what its choice remembers, where the stepper chooses.
  let method: String
  let chooser: MethodChooser?
}

/// A located zero, in the integrator's clock.
struct Crossing: Codable, Hashable, Sendable {
  let event: Int
  let reading: Double
  let state: [Double]
  let rising: Bool
}
