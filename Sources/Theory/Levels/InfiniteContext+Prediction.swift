import Flows
import InductionModel
import SymbolicTensors

extension InfiniteContext {
  /// An expression on (π, e, z) at a point, as `[kernel][query window][token]`.
  ///
  /// - Throws: `PlanError` for lack of memory.
  func evaluate(_ expression: Expression, at parameters: Parameters, _ resources: PlanResources) throws
    -> LevelPredictions
  {
    // Constant along an index, it still has a row for each of its values.
    let ones = graph.symbol("one", shape: [kernel.extent, next.extent, query.extent], role: .coefficient)
    let full = expression * graph(ones, kernel, next, query)
    let count = kernel.extent * next.extent * query.extent
    let plan = try resources.adding([ones: [Double](repeating: 1, count: count)]).plan([full])
    model.parameters.bind(parameters.flat, to: plan)
    plan.run()
    return LevelPredictions(
      shape: [kernel.extent, query.extent, next.extent], values: plan.output(0, over: [kernel, query, next]))
  }
}
