import CGSL

extension Stepper {
  /// Explicit Runge–Kutta 2(3).
  public static let rk2 = Stepper(
    "rk2", order: 2, control: StepRule(errorOrderExcess: 1), dense: DenseRule(nodes: 3),
    stability: .interval(2.2)
  ) { try GSLStepper(cgsl_step_rk2(), $0, tolerance: $1) }
}
