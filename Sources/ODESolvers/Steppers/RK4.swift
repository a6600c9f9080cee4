import CGSL

extension Stepper {
  /// Explicit Runge–Kutta 4, error by step doubling.
  public static let rk4 = Stepper(
    "rk4", order: 4, control: StepRule(localFraction: 0.002, errorOrderExcess: 1),
    dense: DenseRule(nodes: 4), stability: .interval(4.2)
  ) { try GSLStepper(cgsl_step_rk4(), $0, tolerance: $1) }
}
