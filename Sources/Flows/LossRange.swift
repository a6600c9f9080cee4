/// Where a loss holds by its own account: a number along the flow, and up to where it may grow.
///
/// Runs write the number beside their rows, and say when it has passed the bound: what the flow predicts from there on is
/// not to be believed.
public struct LossRange {
  /// The number's column in a trajectory.
  public let name: String
  /// What the number is.
  public let meaning: String
  /// The loss holds where the number is at most this, > 0.
  public let bound: Double
  private let measure: (_ point: [Double]) throws -> Double

  public init(
    name: String, meaning: String, bound: Double, measure: @escaping (_ point: [Double]) throws -> Double
  ) {
    self.name = name
    self.meaning = meaning
    self.bound = bound
    self.measure = measure
  }

  /// The number at a point, ≥ 0.
  ///
  /// - Throws: `PlanError` for lack of memory.
  public func value(at point: [Double]) throws -> Double { try measure(point) }
}
