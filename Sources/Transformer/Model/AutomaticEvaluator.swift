import MarkovChains

/// Chooses the path by the sizes of what it is given.
final class AutomaticEvaluator: BatchEvaluator {
  private let model: DisentangledTransformer
  private let precision: Precision
  private let pool: WorkerPool
  private var loaded: (any BatchEvaluator)?
  private var fresh: (key: [Int], evaluator: any BatchEvaluator)?

  init(model: DisentangledTransformer, precision: Precision, pool: WorkerPool) {
    self.model = model
    self.precision = precision
    self.pool = pool
  }

  func load(_ sequences: TokenSequences) throws {
    try model.check(sequences)
    let evaluator = evaluator(count: sequences.count, length: sequences.length, use: .many)
    try evaluator.load(sequences)
    loaded = evaluator
  }

  func lossAndGradient(at parameters: [Double], gradient: inout [Double]) throws -> Double {
    try loaded?.lossAndGradient(at: parameters, gradient: &gradient) ?? .nan
  }

  func lossAndGradient(
    at parameters: [Double], on sequences: TokenSequences, gradient: inout [Double]
  ) throws -> Double {
    let key = [sequences.count, sequences.length]
    if let fresh, fresh.key == key {
      return try fresh.evaluator.lossAndGradient(at: parameters, on: sequences, gradient: &gradient)
    }
    try model.check(sequences)
    let evaluator = evaluator(count: sequences.count, length: sequences.length, use: .once)
    fresh = (key, evaluator)
    return try evaluator.lossAndGradient(at: parameters, on: sequences, gradient: &gradient)
  }

  func losses(at parameters: [Double]) -> [Double] { loaded?.losses(at: parameters) ?? [] }

  func predictions(at parameters: [Double]) -> [[Double]] { loaded?.predictions(at: parameters) ?? [] }

  private func evaluator(count: Int, length: Int, use: EvaluationPath.Use) -> any BatchEvaluator {
    let path = EvaluationPath.fastest(model.shape, count: count, length: length, use: use)
    return model.evaluator(path, precision: precision, length: length, pool: pool)
      ?? ConcreteEvaluator(PlainEvaluator<Double>(model: model, pool: pool))
  }
}
