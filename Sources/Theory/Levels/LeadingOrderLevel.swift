import Flows

/// The infinite-context loss expanded in a: the paper's reduced dynamics at first order.
struct LeadingOrderLevel: LevelDefinition {
  let name = "leading-order"
  let average = LevelAverage.windows

  func choice(_ sizes: LevelSizes) -> String? { "order \(sizes.order)" }

  func loss(_ problem: LevelProblem) throws -> any LevelLoss {
    try LeadingOrderLoss(
      model: problem.model, loss: problem.loss, laws: problem.laws(), order: problem.order,
      parts: problem.parts, threads: problem.threads, memoryLimit: problem.memoryLimit)
  }

  /// The tensors are contracted once, then forgotten but for their entries.
  func bytes(_ sizes: LevelSizes, threads: Int) -> Int {
    guard let exact = InfiniteContext(sizes, isReduced: true),
      let level = try? LeadingOrder(exact, order: sizes.order)
    else { return .max }
    return max(
      level.bytesOfTensors(threads: threads), level.model.parameters.bytes(of: level.loss, threads: threads))
  }

  /// Sums run over tuples of lags, or over windows: other sizes say nothing of their pace.
  func operations(_ sizes: LevelSizes) -> Double? { nil }
}
