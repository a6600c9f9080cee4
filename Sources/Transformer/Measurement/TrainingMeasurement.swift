/// What is recorded of a run at one step.
public struct TrainingMeasurement: Sendable {
  public let step: Int
  /// Time of the flow: Σ rate, over 1 − β with momentum.
  public let time: Double
  /// Mean over the held-out sequences.
  public let loss: Double
  /// Of the loss; nil for a single sequence, which has none.
  public let standardError: Double?
  /// Of the step that led here; nil at the start.
  public let batchLoss: Double?
  /// The arena.
  public let parameters: [Double]
  /// The model's observables: σ, p.
  public let observables: [(name: String, value: Double)]
  /// What a trajectory does not hold, in a fixed order: invariants and their drift since the start, gradient norms,
  /// attention masses, scores.
  public let values: [(name: String, value: Double)]
}
