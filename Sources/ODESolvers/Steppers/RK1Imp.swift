import CGSL

extension Stepper {
  /// Implicit Euler.
  public static let rk1imp = Stepper(
    "rk1imp", order: 1, needsJacobian: true, control: StepRule(errorOrderExcess: 1),
    dense: DenseRule(nodes: 4, usesSlopes: false, insertion: .everywhere)
  ) { try GSLStepper(cgsl_step_rk1imp(), $0, tolerance: $1) }
}
