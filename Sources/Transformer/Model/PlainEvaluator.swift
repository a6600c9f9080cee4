import InductionModel
import MarkovChains

/// Evaluates a batch sequence by sequence with `SequencePass`.
final class PlainEvaluator<Real: TrainingScalar>: EvaluatorCore {
  private let model: DisentangledTransformer
  private let pool: WorkerPool

  /// Sequences that share a partial sum, whatever the number of threads.
  private static var chunk: Int { 16 }

  init(model: DisentangledTransformer, pool: WorkerPool) {
    self.model = model
    self.pool = pool
  }

  func prepare(_ sequences: TokenSequences, for use: BatchUse) throws -> TokenSequences {
    try model.check(sequences)
    return sequences
  }

  func evaluate(_ batch: TokenSequences, at parameters: [Double], _ outputs: BatchOutputs) -> BatchValues {
    let point = Parameters(flat: parameters, model: model.definition)
    let weights = LayerWeights(point, shape: model.shape)
    let chunks = (batch.count + Self.chunk - 1) / Self.chunk
    let needsGradient = outputs.contains(.gradient)
    let partials = Partials(rows: needsGradient ? chunks : 0, width: LayerWeights<Double>.count(model.shape))
    let results = PassResults(
      outputs, tasks: chunks, sequences: batch.count, tokens: model.definition.tokens)
    pool.forEach(tasks: chunks) { task, _ in
      var pass = SequencePass(
        weights: weights.converted(to: Real.self), loss: model.loss, length: batch.length)
      var sum = LayerWeights<Real>.zero(model.shape)
      var total = 0.0
      for row in task * Self.chunk..<min((task + 1) * Self.chunk, batch.count) {
        let loss = Double(pass.forward(batch[row]))
        total += loss
        results.set(sequence: row, loss: loss) { Double(pass.classifier.prediction[$0]) }
        if needsGradient { pass.backward(batch[row], gradient: &sum) }
      }
      results.set(task: task, loss: total)
      if needsGradient {
        partials.set(row: task, (sum.copier + sum.shares + [sum.scale]).map { Double($0) })
      }
    }
    return results.values {
      let row = partials.sum().map { $0 / Double(batch.count) }
      let layers = LayerWeights<Double>(shape: model.shape, row: row)
      return weights.parameterGradient(of: layers, at: point).flat
    }
  }
}
