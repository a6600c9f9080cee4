/// A method for advancing y by a step, as a value: what it needs, how its steps are controlled and interpolated, and
/// how the object that takes them is made.
///
/// The module's methods stand one a file in this folder; `init(rawValue:)` finds them by name. A method of one's own is
/// another value, which makes a `Stepping` of its own; dense output, events and restart follow from what it says here.
public struct Stepper: Sendable {
  public enum Kind: Sendable {
    /// A step builds on the last state alone: the run can be resumed after any of them.
    case oneStep
    /// A step builds on earlier ones: the method starts afresh every `Solver.restartInterval` steps, and the run can be
    /// resumed there.
    case multistep
  }

  /// The name in configurations, checkpoints and messages.
  public let rawValue: String
  /// The order of accuracy; the highest one where it varies.
  public let order: Int
  public let kind: Kind
  /// Whether a step solves linear systems with `ODESystem.jacobian`, which must then be there.
  public let needsJacobian: Bool
  public let control: StepRule
  public let dense: DenseRule
  public let stability: StabilityLimit
  let work: Work

  /// Who takes the steps.
  enum Work: Sendable {
    case by(@Sendable (RightHandSide, Tolerance) throws -> any Stepping)
    /// One of two methods, whichever covers more for its cost.
    indirect case choice(nonStiff: Stepper, stiff: Stepper)
  }

  /// - Parameter make: makes what takes the steps, from the right-hand side and the tolerance of one step.
  public init(
    _ name: String, order: Int, kind: Kind = .oneStep, needsJacobian: Bool = false, control: StepRule,
    dense: DenseRule, stability: StabilityLimit = .unlimited,
    making make: @escaping @Sendable (RightHandSide, Tolerance) throws -> any Stepping
  ) {
    self.init(
      name, order: order, kind: kind, needsJacobian: needsJacobian, control: control, dense: dense,
      stability: stability, work: .by(make))
  }

  init(
    _ name: String, order: Int, kind: Kind, needsJacobian: Bool, control: StepRule, dense: DenseRule,
    stability: StabilityLimit, work: Work
  ) {
    rawValue = name
    self.order = order
    self.kind = kind
    self.needsJacobian = needsJacobian
    self.control = control
    self.dense = dense
    self.stability = stability
    self.work = work
  }

  public var isMultistep: Bool { kind == .multistep }

  /// The methods to choose from while integrating, or nil for a method that works itself.
  var choice: (nonStiff: Stepper, stiff: Stepper)? {
    if case .choice(let nonStiff, let stiff) = work { (nonStiff, stiff) } else { nil }
  }

  /// What takes the steps; of a choice, its method for non-stiff problems.
  ///
  /// - Throws: `ProblemError`.
  func make(_ rightHandSide: RightHandSide, tolerance: Tolerance) throws -> any Stepping {
    if needsJacobian && rightHandSide.system.jacobian == nil { throw ProblemError.missingJacobian(self) }
    return switch work {
    case .by(let make): try make(rightHandSide, tolerance)
    case .choice(let nonStiff, _): try nonStiff.make(rightHandSide, tolerance: tolerance)
    }
  }
}

extension Stepper: CaseIterable, RawRepresentable, Codable {
  /// The module's own.
  public static let allCases: [Stepper] = [
    .auto, .rk2, .rk4, .rkf45, .rkck, .rk8pd, .rk1imp, .rk2imp, .rk4imp, .bsimp, .msadams, .msbdf,
  ]

  public init?(rawValue: String) {
    guard let found = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = found
  }
}

extension Stepper: Hashable {
  public static func == (left: Stepper, right: Stepper) -> Bool { left.rawValue == right.rawValue }
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
