import CGSL

extension Stepper {
  /// Bulirsch–Stoer extrapolation of Bader and Deuflhard, for stiff problems. Its order is a typical one: GSL fixes it
  /// by the dimension.
  public static let bsimp = Stepper(
    "bsimp", order: 10, needsJacobian: true, control: StepRule(errorOrderExcess: 0),
    dense: DenseRule(nodes: 7, lookahead: 2, usesSlopes: false, insertion: .everywhere)
  ) { try GSLStepper(cgsl_step_bsimp(), $0, tolerance: $1) }
}
