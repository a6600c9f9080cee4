import InductionModel

/// Where a level of theory holds by its own account: a number along the flow, and up to where it may grow.
///
/// A property of a level, `LossFunction.range`. Runs write the number beside their rows, and say when it has passed the
/// bound: what the level predicts from there on is not to be believed.
public struct LevelRange {
  /// The number's column in a trajectory.
  public let name: String
  /// What the number is.
  public let meaning: String
  /// The level holds where the number is at most this, > 0.
  public let bound: Double
  private let measure: (Parameters) throws -> Double

  public init(
    name: String, meaning: String, bound: Double, measure: @escaping (Parameters) throws -> Double
  ) {
    self.name = name
    self.meaning = meaning
    self.bound = bound
    self.measure = measure
  }

  /// The number at a point, ≥ 0.
  ///
  /// - Throws: `TheoryError` for lack of memory.
  public func value(at parameters: Parameters) throws -> Double { try measure(parameters) }
}
