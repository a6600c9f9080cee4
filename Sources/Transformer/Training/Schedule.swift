import Foundation

/// What the rate is multiplied by: a linear rise over the warm-up, then 1 or half a cosine down to a floor.
public struct Schedule: Hashable, Sendable {
  public struct Cosine: Hashable, Sendable {
    /// Steps from the end of the warm-up to the floor.
    public var steps: Int
    /// The factor that is left at the end.
    public var floor: Double

    public init(steps: Int, floor: Double = 0) {
      self.steps = steps
      self.floor = floor
    }
  }

  /// Steps; 0 for none.
  public var warmup: Int
  public var cosine: Cosine?

  public init(warmup: Int = 0, cosine: Cosine? = nil) {
    self.warmup = warmup
    self.cosine = cosine
  }

  public static let constant = Schedule()

  /// For the step that follows `step` others. Never 0 during the warm-up, whose last step has 1.
  public func multiplier(step: Int) -> Double {
    guard step >= warmup else { return Double(step + 1) / Double(warmup) }
    guard let cosine else { return 1 }
    let fraction = min(1, Double(step - warmup) / Double(max(1, cosine.steps)))
    return cosine.floor + (1 - cosine.floor) * (1 + cos(Double.pi * fraction)) / 2
  }

  /// From here on the multiplier no longer changes.
  var settles: Int {
    let (sum, isTooLarge) = warmup.addingReportingOverflow(cosine?.steps ?? 0)
    return isTooLarge ? .max : sum
  }
}
