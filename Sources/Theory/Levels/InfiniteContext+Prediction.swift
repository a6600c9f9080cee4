import InductionModel
import SymbolicTensors

extension InfiniteContext {
  /// An expression on (π, e, z) at a point, as `[kernel][query window][token]`.
  ///
  /// - Throws: `TheoryError` for lack of memory.
  func evaluate(
    _ expression: Expression, at parameters: Parameters, threads: Int = 1,
    memoryLimit: Int = .max
  ) throws -> [[[Double]]] {
    // Constant along an index, it still has a row for each of its values.
    let ones = graph.symbol("one", shape: [kernel.extent, next.extent, query.extent], role: .coefficient)
    let full = expression * graph(ones, kernel, next, query)
    let count = kernel.extent * next.extent * query.extent
    let numbers = coefficients.merging([ones: [Double](repeating: 1, count: count)]) { $1 }
    let plan = try PlannedLoss.translatingErrors {
      try Plan([full], coefficients: numbers, threads: threads, memoryLimit: memoryLimit)
    }
    model.bind(parameters.flat, to: plan)
    plan.run()
    let (windows, tokens, values) = (query.extent, next.extent, plan.output(0))
    func row(_ kernel: Int, _ window: Int) -> [Double] {
      (0..<tokens).map { values[(kernel * tokens + $0) * windows + window] }
    }
    return (0..<kernel.extent).map { kernel in (0..<windows).map { row(kernel, $0) } }
  }
}
