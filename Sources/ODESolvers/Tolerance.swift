/// How accurate the solution shall be: the scale is `absolute_i + relative·(|y_i| + derivativeWeight·|h y'_i|)` in
/// component i, GSL's control with a_y = 1 and a_dydt = `derivativeWeight`.
///
/// GSL holds the error of each step to that scale and lets the errors add up, to thousands of times the tolerance on
/// an orbit. Here a step may only err by the fraction `StepRule.localFraction` of it, which keeps the solution within
/// 100 times of the tolerance on the DETEST problems; unstable problems amplify errors further.
public struct Tolerance: Hashable, Sendable, Codable {
  /// The part that does not scale with y.
  public enum Absolute: Hashable, Sendable, Codable {
    /// The same for all components, > 0.
    case uniform(Double)
    /// One per component, each > 0.
    case perComponent([Double])
  }

  /// ≥ 0.
  public var relative: Double
  public var absolute: Absolute
  /// a_dydt ≥ 0: 0 measures the error by y alone.
  public var derivativeWeight: Double

  public init(relative: Double = 1e-8, absolute: Double = 1e-10, derivativeWeight: Double = 0) {
    self.init(relative: relative, absolute: .uniform(absolute), derivativeWeight: derivativeWeight)
  }

  public init(relative: Double, absolute: Absolute, derivativeWeight: Double = 0) {
    self.relative = relative
    self.absolute = absolute
    self.derivativeWeight = derivativeWeight
  }

  /// The tolerance of one step of a stepper.
  func local(_ stepper: Stepper) -> Tolerance {
    var result = scaled(by: stepper.control.localFraction)
    // Below a few roundings a smaller tolerance only costs steps.
    result.relative = min(relative, max(result.relative, 1e-14))
    return result
  }

  /// So many times as much, in y itself.
  func scaled(by factor: Double) -> Tolerance {
    var result = self
    result.relative *= factor
    result.absolute =
      switch absolute {
      case .uniform(let value): .uniform(factor * value)
      case .perComponent(let values): .perComponent(values.map { factor * $0 })
      }
    return result
  }

  /// The absolute part by component.
  func absolutes(dimension: Int) throws -> [Double] {
    let values =
      switch absolute {
      case .uniform(let value): [Double](repeating: value, count: dimension)
      case .perComponent(let values): values
      }
    guard values.count == dimension else {
      throw ProblemError.wrongLength(of: "absolute tolerances", found: values.count, expected: dimension)
    }
    guard let least = values.min(), least > 0, values.allSatisfy(\.isFinite) else {
      throw ProblemError.outOfRange(
        "absolute tolerance", found: values.first { !($0 > 0 && $0.isFinite) } ?? .nan,
        allowed: "a positive number: a purely relative error is undefined where a component is zero")
    }
    try ProblemError.check("relative tolerance", relative, relative >= 0, allowed: "0 or more")
    try ProblemError.check("derivative weight", derivativeWeight, derivativeWeight >= 0, allowed: "0 or more")
    return values
  }
}

/// Bounds on steps, in units of the variable that is integrated over: t, or log(1 + t) in logarithmic time.
public struct StepLimits: Hashable, Sendable, Codable {
  /// The first step; nil chooses it from y' and an Euler probe, at the cost of one right-hand side
  /// (Hairer, Nørsett, Wanner, *Solving Ordinary Differential Equations I*, II.4).
  public var first: Double?
  /// A step that would have to be smaller is a failure. Steps that no longer change t always are.
  public var smallest: Double
  public var largest: Double
  /// Attempts, accepted and rejected, after which the integration fails with a message.
  public var count: Int

  public init(
    first: Double? = nil, smallest: Double = 0, largest: Double = .greatestFiniteMagnitude,
    count: Int = 100_000
  ) {
    self.first = first
    self.smallest = smallest
    self.largest = largest
    self.count = count
  }

  func validate() throws {
    if let first { try ProblemError.check("first step", first, first > 0, allowed: "a positive number") }
    try ProblemError.check("smallest step", smallest, smallest >= 0, allowed: "0 or more")
    try ProblemError.check(
      "largest step", largest, largest >= smallest && largest > 0, allowed: "above the smallest")
    try ProblemError.check("limit of steps", Double(count), count > 0, allowed: "a positive number")
  }
}
