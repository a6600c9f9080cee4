/// One of GSL's methods for advancing y by a step.
///
/// Source: GSL manual, "Ordinary Differential Equations", stepping functions.
public enum Stepper: String, CaseIterable, Hashable, Sendable, Codable {
  /// Explicit Runge–Kutta 2(3).
  case rk2
  /// Explicit Runge–Kutta 4, error by step doubling.
  case rk4
  /// Explicit Runge–Kutta–Fehlberg 4(5).
  case rkf45
  /// Explicit Runge–Kutta–Cash–Karp 4(5).
  case rkck
  /// Explicit Runge–Kutta–Prince–Dormand 8(9), 13 stages.
  case rk8pd
  /// Implicit Euler.
  case rk1imp
  /// Implicit midpoint rule (Gauss 2).
  case rk2imp
  /// Gauss 4.
  case rk4imp
  /// Bulirsch–Stoer extrapolation of Bader and Deuflhard, for stiff problems.
  case bsimp
  /// Adams in Nordsieck form, orders 1 to 12, functional iteration.
  case msadams
  /// Backward differentiation in Nordsieck form, orders 1 to 5, for stiff problems.
  case msbdf

  /// The order of accuracy; the highest one where it varies. For bsimp a typical one: GSL fixes it by the
  /// dimension.
  public var order: Int {
    switch self {
    case .rk1imp: 1
    case .rk2, .rk2imp: 2
    case .rk4, .rk4imp: 4
    case .rkf45, .rkck, .msbdf: 5
    case .rk8pd: 8
    case .bsimp: 10
    case .msadams: 12
    }
  }

  /// Whether `ODESystem.jacobian` must be there.
  public var needsJacobian: Bool {
    switch self {
    case .rk1imp, .rk2imp, .rk4imp, .bsimp, .msbdf: true
    case .rk2, .rk4, .rkf45, .rkck, .rk8pd, .msadams: false
    }
  }

  /// Whether a step builds on earlier ones, so that it can go on bit for bit only from a restart point.
  public var isMultistep: Bool { self == .msadams || self == .msbdf }

  /// Whether a step solves linear systems, so that stiffness does not limit it.
  public var isImplicit: Bool { needsJacobian }
}
