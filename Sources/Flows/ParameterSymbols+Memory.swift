import SymbolicTensors

extension ParameterSymbols {
  /// What the plans of a loss and its gradient take, before anything is allocated; `Int.max` where sizes leave the
  /// integers.
  ///
  /// - Complexity: that of deriving the gradient.
  public func bytes(of loss: Expression, threads: Int = 1) -> Int {
    let plans = [gradient(of: loss), [loss]].map { Plan.bytes(of: $0, threads: threads) }
    let (total, overflows) = plans[0].addingReportingOverflow(plans[1])
    return overflows ? .max : total
  }
}
