import CGSL

extension Stepper {
  /// Backward differentiation in Nordsieck form, orders 1 to 5, for stiff problems.
  public static let msbdf = Stepper(
    "msbdf", order: 5, kind: .multistep, needsJacobian: true,
    control: StepRule(safety: 0.65, errorOrderExcess: 1, repeatsFailures: true),
    dense: DenseRule(nodes: 7, lookahead: 2, usesSlopes: false, insertion: .nowhere, anchor: .none)
  ) { try GSLStepper(cgsl_step_msbdf(), $0, tolerance: $1) }
}
