import CGSL

extension Stepper {
  /// Gauss 4.
  public static let rk4imp = Stepper(
    "rk4imp", order: 4, needsJacobian: true, control: StepRule(errorOrderExcess: 1),
    dense: DenseRule(nodes: 7, usesSlopes: false, insertion: .everywhere)
  ) { try GSLStepper(cgsl_step_rk4imp(), $0, tolerance: $1) }
}
