import CGSL

extension Stepper {
  /// Adams in Nordsieck form, orders 1 to 12, functional iteration.
  ///
  /// GSL iterates until the correction is a tenth of the tolerance that it is told, and judges orders by it. Told three
  /// times what a step may err, it is content with one right-hand side a step nearly always, and the error control here,
  /// which sees the true tolerance, still decides about every step: a tenth fewer right-hand sides over DETEST. Steps that
  /// at most double keep clear of the rejections after which GSL starts again at order 1.
  public static let msadams = Stepper(
    "msadams", order: 12, kind: .multistep,
    control: StepRule(
      safety: 0.75, safetyAfterRejection: 0.65, greatestGrowth: 2, localFraction: 0.0045,
      errorOrderExcess: 1),
    dense: DenseRule(nodes: 7, lookahead: 2, insertion: .nowhere, anchor: .other(.rk8pd)),
    stability: .outpaced(by: .msbdf)
  ) { try GSLStepper(cgsl_step_msadams(), $0, tolerance: $1.scaled(by: 3)) }
}
