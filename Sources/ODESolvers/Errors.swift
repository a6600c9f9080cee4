/// A problem that cannot be integrated as it is posed.
public enum ProblemError: Error, Equatable {
  case wrongLength(of: String, found: Int, expected: Int)
  case outOfRange(String, found: Double, allowed: String)
  case nonFinite(String)
  /// An implicit stepper and a system without a Jacobian.
  case missingJacobian(Stepper)
  /// `ODESystem.derivative` left an array of another length.
  case lengthChanged(found: Int, expected: Int)
  /// A checkpoint that belongs to another problem.
  case checkpointMismatch(String)
  case outOfMemory(dimension: Int)

  static func check(_ name: String, _ value: Double, _ holds: Bool, allowed: String) throws {
    guard holds else { throw ProblemError.outOfRange(name, found: value, allowed: allowed) }
  }
}

extension ProblemError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongLength(let what, let found, let expected):
      "\(found) \(what) where \(expected) are needed"
    case .outOfRange(let what, let found, let allowed):
      "the \(what) is \(found); allowed: \(allowed)"
    case .nonFinite(let what):
      "\(what) is not finite"
    case .missingJacobian(let stepper):
      "\(stepper.rawValue) needs the system's Jacobian; give one, take withDifferencedJacobian(), or use "
        + "auto, rk8pd or msadams"
    case .lengthChanged(let found, let expected):
      "the right-hand side left \(found) numbers where \(expected) are needed"
    case .checkpointMismatch(let what):
      "the checkpoint does not fit: \(what)"
    case .outOfMemory(let dimension):
      "no memory for a stepper of dimension \(dimension)"
    }
  }
}

/// An integration that stopped short, with its last accepted state.
public struct IntegrationFailure: Error {
  public enum Reason: Sendable {
    /// `StepLimits.count` attempts were not enough.
    case tooManySteps(limit: Int)
    /// The error asks for a smaller step than `StepLimits.smallest`, or than t can resolve.
    case stepTooSmall(smallest: Double)
    /// Every step, however small, gives a number that is not finite.
    case nonFinite(NonFinite)
    /// The system's right-hand side, Jacobian or higher derivative threw, or an event's function did.
    case thrown(any Error)
  }

  /// What was not finite, and the name of the first such component.
  public enum NonFinite: Hashable, Sendable {
    case state(String)
    case derivative(String)
    case jacobian
    case event(String)
  }

  public let reason: Reason
  /// The last accepted time and state.
  public let time: Double
  public let state: [Double]
  /// The step that was being tried, in units of the integration variable.
  public let step: Double
  public let counts: Counts
  public let stepper: Stepper
  /// Whether stability rather than accuracy limited the stepper's last steps.
  public let limitedByStability: Bool

  /// What to try, in a sentence.
  public var remedy: String {
    switch reason {
    case .tooManySteps(let limit):
      limitedByStability
        ? "The problem is stiff for \(stepper.rawValue): use auto, which changes to msbdf where it costs less, or msbdf."
        : "Loosen the tolerance, integrate in logarithmic time, or raise the limit of \(limit) steps."
    case .stepTooSmall:
      "The solution may have a singularity here; otherwise loosen the tolerance or the smallest step, "
        + "or use auto or msbdf for a stiff problem."
    case .nonFinite(.event):
      "Make the event's function finite near this state."
    case .nonFinite:
      "Look at the right-hand side near this state: a logarithm or root leaves its domain, or the solution "
        + "grows without bound."
    case .thrown:
      "The last accepted state is kept; mend the cause and go on from it."
    }
  }
}

extension IntegrationFailure: CustomStringConvertible {
  public var description: String {
    let what =
      switch reason {
      case .tooManySteps(let limit): "\(limit) steps were not enough"
      case .stepTooSmall(let smallest): "a step below \(smallest) would be needed"
      case .nonFinite(.state(let name)): "component \(name) of the state becomes non-finite"
      case .nonFinite(.derivative(let name)): "the derivative of \(name) is not finite"
      case .nonFinite(.jacobian): "the Jacobian is not finite"
      case .nonFinite(.event(let name)): "event \(name) has no finite value"
      case .thrown(let error): "the system failed: \(error)"
      }
    return """
      \(what) at t = \(time) with \(stepper.rawValue), step \(step), after \(counts.accepted) accepted and \
      \(counts.rejected) rejected steps and \(counts.evaluations) right-hand sides. \(remedy)
      """
  }
}
