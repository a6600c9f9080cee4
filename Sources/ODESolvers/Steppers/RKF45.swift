import CGSL

extension Stepper {
  /// Explicit Runge–Kutta–Fehlberg 4(5).
  public static let rkf45 = Stepper(
    "rkf45", order: 5, control: StepRule(localFraction: 0.015, errorOrderExcess: 0),
    dense: DenseRule(nodes: 4), stability: .interval(3.3)
  ) { try GSLStepper(cgsl_step_rkf45(), $0, tolerance: $1) }
}
