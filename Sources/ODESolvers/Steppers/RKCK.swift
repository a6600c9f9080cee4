import CGSL

extension Stepper {
  /// Explicit Runge–Kutta–Cash–Karp 4(5).
  public static let rkck = Stepper(
    "rkck", order: 5, control: StepRule(errorOrderExcess: 0), dense: DenseRule(nodes: 4),
    stability: .interval(3.3)
  ) { try GSLStepper(cgsl_step_rkck(), $0, tolerance: $1) }
}
