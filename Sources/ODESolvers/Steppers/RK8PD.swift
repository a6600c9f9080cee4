import CGSL

extension Stepper {
  /// Explicit Runge–Kutta–Prince–Dormand 8(9), 13 stages.
  ///
  /// GSL's safety factor of 0.9 rejects a fifth of its steps; 0.8 costs the fewest right-hand sides over DETEST.
  public static let rk8pd = Stepper(
    "rk8pd", order: 8, control: StepRule(safety: 0.8, localFraction: 0.3, errorOrderExcess: 0),
    dense: DenseRule(nodes: 6, lookahead: 2, gainsFromCurvature: true), stability: .interval(4.5)
  ) { try GSLStepper(cgsl_step_rk8pd(), $0, tolerance: $1) }
}
