/// How a method's steps follow from its error estimates; see `StepControl`.
public struct StepRule: Hashable, Sendable {
  /// What part of the step that would just meet the tolerance is taken next.
  public var safety: Double
  /// The same after a step that was rejected.
  public var safetyAfterRejection: Double
  /// How much longer than a step the next may be at most.
  public var greatestGrowth: Double
  /// What part of the tolerance the error of one step may be, so that the errors of all steps add up to about the
  /// tolerance: within 100 times of it on the DETEST problems. The higher the order, the better the estimate.
  public var localFraction: Double
  /// The estimated error goes like the step to the power of the order plus this: 0 where it is that of an embedded
  /// method of the order below, 1 where it is the method's own.
  public var errorOrderExcess: Int
  /// Whether a step that failed may succeed when it is repeated as it is: Newton's iteration then takes a new Jacobian.
  public var repeatsFailures: Bool

  public init(
    safety: Double = 0.85, safetyAfterRejection: Double? = nil, greatestGrowth: Double = 5,
    localFraction: Double = 0.03, errorOrderExcess: Int, repeatsFailures: Bool = false
  ) {
    self.safety = safety
    self.safetyAfterRejection = safetyAfterRejection ?? safety
    self.greatestGrowth = greatestGrowth
    self.localFraction = localFraction
    self.errorOrderExcess = errorOrderExcess
    self.repeatsFailures = repeatsFailures
  }
}

/// How states between a method's steps are interpolated; see `DenseOutput`.
public struct DenseRule: Sendable {
  /// Where the method computes states inside of its own steps because the polynomial is too coarse.
  public enum Insertion: Sendable {
    case nowhere
    /// In the last step, which has neighbours on one side only.
    case atTheEnd
    /// In every step: those of implicit methods are too long for any polynomial through their ends.
    case everywhere
  }

  /// Who computes a state inside of a step.
  public indirect enum Anchor: Sendable {
    case own
    case other(Stepper)
    /// A step needs the history of the method's own steps.
    case none
  }

  /// Through how many accepted states the polynomial goes at most: enough for the order, and one to measure the error with.
  public var nodes: Int
  /// For how many further states an interval waits.
  public var lookahead: Int
  /// Whether y' at the states is accurate enough: that of implicit methods is far less so in stiff components.
  public var usesSlopes: Bool
  /// Whether steps are so long that y'' makes the polynomial a hundred times more accurate; elsewhere it gains nothing.
  public var gainsFromCurvature: Bool
  public var insertion: Insertion
  public var anchor: Anchor

  public init(
    nodes: Int, lookahead: Int = 1, usesSlopes: Bool = true, gainsFromCurvature: Bool = false,
    insertion: Insertion = .atTheEnd, anchor: Anchor = .own
  ) {
    self.nodes = nodes
    self.lookahead = lookahead
    self.usesSlopes = usesSlopes
    self.gainsFromCurvature = gainsFromCurvature
    self.insertion = insertion
    self.anchor = anchor
  }
}

/// What besides accuracy bounds a method's steps.
public enum StabilityLimit: Sendable {
  /// Nothing: it solves for the new state.
  case unlimited
  /// h|λ| on the negative real axis from which on steps count as limited by stability: 0.9 of the interval in which the
  /// stability function stays below 1.
  case interval(Double)
  /// Where another method would cover the same for a third of the cost; see `StiffnessWatch`.
  indirect case outpaced(by: Stepper)
}
