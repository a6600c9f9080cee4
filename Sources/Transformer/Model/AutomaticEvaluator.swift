import MarkovChains

/// Chooses the path by the sizes of what it is given.
final class AutomaticEvaluator: BatchEvaluator {
  private let model: any LayeredModel
  private let precision: Precision
  private let pool: WorkerPool
  private var evaluators: [EvaluationPath: any BatchEvaluator] = [:]
  /// Batches of a training run are all alike: the choice need not be made again.
  private var last: (size: Size, evaluator: any BatchEvaluator)?

  private struct Size: Hashable {
    let count: Int
    let length: Int
    let use: BatchUse
  }

  init(model: any LayeredModel, precision: Precision, pool: WorkerPool) {
    self.model = model
    self.precision = precision
    self.pool = pool
  }

  func prepare(_ sequences: TokenSequences, for use: BatchUse) throws -> PreparedBatch {
    let size = Size(count: sequences.count, length: sequences.length, use: use)
    if let last, last.size == size { return try last.evaluator.prepare(sequences, for: use) }
    try model.check(sequences)
    let evaluator = evaluator(for: size)
    last = (size, evaluator)
    return try evaluator.prepare(sequences, for: use)
  }

  private func evaluator(for size: Size) -> any BatchEvaluator {
    let path = EvaluationPath.fastest(model.shape, count: size.count, length: size.length, use: size.use)
    if let known = evaluators[path] { return known }
    // The plain path takes everything.
    let new =
      model.evaluator(path, precision: precision, length: size.length, pool: pool)
      ?? model.plainEvaluator(pool: pool)
    evaluators[path] = new
    return new
  }
}
