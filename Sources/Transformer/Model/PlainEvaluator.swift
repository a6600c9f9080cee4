import InductionModel
import MarkovChains

/// Evaluates a batch sequence by sequence with `SequencePass`.
final class PlainEvaluator<Heads: HeadLayer>: EvaluatorCore {
  /// A point as the layers read it.
  struct Point {
    let weights: Heads.Weights
    /// Derivatives by the weights, as their row, → the gradient by the parameters.
    let gradient: (_ row: [Double]) -> [Double]
  }

  private let model: any TrainableModel
  private let shape: PassShape
  private let loss: Loss
  private let pool: WorkerPool
  private let point: (_ parameters: [Double]) -> Point

  /// The fewest sequences that share a partial sum.
  private static var block: Int { 16 }

  init(
    model: any TrainableModel, shape: PassShape, loss: Loss, pool: WorkerPool,
    point: @escaping (_ parameters: [Double]) -> Point
  ) {
    self.model = model
    self.shape = shape
    self.loss = loss
    self.pool = pool
    self.point = point
  }

  func prepare(_ sequences: TokenSequences, for use: BatchUse) throws -> TokenSequences {
    try model.check(sequences)
    return sequences
  }

  func evaluate(_ batch: TokenSequences, at parameters: [Double], _ outputs: BatchOutputs) -> BatchValues {
    let point = point(parameters)
    let width = Heads.Weights.count(shape)
    let chunk = Partials.sequences(of: batch.count, width: width, least: Self.block)
    let chunks = (batch.count + chunk - 1) / chunk
    let needsGradient = outputs.contains(.gradient)
    let partials = Partials(rows: needsGradient ? chunks : 0, width: width)
    let results = PassResults(outputs, tasks: chunks, sequences: batch.count, tokens: shape.tokens)
    pool.forEach(tasks: chunks) { task, _ in
      var pass = SequencePass<Heads>(weights: point.weights, loss: loss, length: batch.length)
      var sum = Heads.Weights.zero(shape)
      var total = 0.0
      for row in task * chunk..<min((task + 1) * chunk, batch.count) {
        let loss = Double(pass.forward(batch[row]))
        total += loss
        results.set(sequence: row, loss: loss) { Double(pass.prediction[$0]) }
        if needsGradient { pass.backward(batch[row], gradient: &sum) }
      }
      results.set(task: task, loss: total)
      if needsGradient { partials.set(row: task, sum.row) }
    }
    return results.values { point.gradient(partials.sum().map { $0 / Double(batch.count) }) }
  }
}
