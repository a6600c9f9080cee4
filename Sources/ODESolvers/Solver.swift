/// How to integrate: the method, the error allowed, the bounds on steps, the time scale.
public struct Solver: Hashable, Sendable, Codable {
  public var stepper: Stepper
  public var tolerance: Tolerance
  public var steps: StepLimits
  public var time: TimeScale
  /// Multistep steppers start afresh after this many accepted steps, always, so that the run can be resumed there
  /// to the same bits. One-step steppers can be resumed after any step and ignore it.
  public var restartInterval: Int

  public init(
    stepper: Stepper = .rk8pd, tolerance: Tolerance = Tolerance(), steps: StepLimits = StepLimits(),
    time: TimeScale = .linear, restartInterval: Int = 1000
  ) {
    self.stepper = stepper
    self.tolerance = tolerance
    self.steps = steps
    self.time = time
    self.restartInterval = restartInterval
  }

  /// Makes sure that tolerance and bounds are such that an integration of so many components can begin.
  ///
  /// - Throws: `ProblemError`.
  public func validate(dimension: Int) throws {
    try steps.validate()
    try ProblemError.check(
      "restart interval", Double(restartInterval), restartInterval > 0, allowed: "1 or more")
    _ = try tolerance.absolutes(dimension: dimension)
  }
}

/// What an integration has cost.
public struct Counts: Hashable, Sendable, Codable {
  /// Steps kept.
  public var accepted = 0
  /// Attempts thrown away, because of their error or of non-finite numbers.
  public var rejected = 0
  /// Calls of `ODESystem.derivative`, whoever asked for them.
  public var evaluations = 0
  /// Calls of `ODESystem.jacobian`.
  public var jacobians = 0
  /// Calls of `ODESystem.higherDerivatives`, by order: y'' first.
  public var higherDerivatives: [Int] = []

  public init() {}

  /// Accepted and rejected.
  public var attempts: Int { accepted + rejected }

  public static func + (left: Counts, right: Counts) -> Counts {
    var sum = left
    sum.accepted += right.accepted
    sum.rejected += right.rejected
    sum.evaluations += right.evaluations
    sum.jacobians += right.jacobians
    let orders = max(left.higherDerivatives.count, right.higherDerivatives.count)
    sum.higherDerivatives = (0..<orders).map { order in
      [left, right].reduce(0) {
        $0 + ($1.higherDerivatives.indices.contains(order) ? $1.higherDerivatives[order] : 0)
      }
    }
    return sum
  }
}
