import CGSL

extension Stepper {
  /// Implicit midpoint rule (Gauss 2).
  public static let rk2imp = Stepper(
    "rk2imp", order: 2, needsJacobian: true, control: StepRule(errorOrderExcess: 1),
    dense: DenseRule(nodes: 5, usesSlopes: false, insertion: .everywhere)
  ) { try GSLStepper(cgsl_step_rk2imp(), $0, tolerance: $1) }
}
