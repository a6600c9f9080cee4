import InductionModel
import MarkovChains

/// Evaluates a batch sequence by sequence with `SequencePass`.
final class PlainEvaluator<Real: TrainingScalar>: EvaluatorCore {
  private let model: DisentangledTransformer
  private let pool: WorkerPool
  private var loaded: TokenSequences

  /// Sequences that share a partial sum, whatever the number of threads.
  private static var chunk: Int { 16 }

  init(model: DisentangledTransformer, pool: WorkerPool) {
    self.model = model
    self.pool = pool
    loaded = TokenSequences(count: 0, length: model.shape.shortestSequence, tokens: model.definition.tokens)
  }

  func load(_ sequences: TokenSequences) throws {
    try model.check(sequences)
    loaded = sequences
  }

  func mean(over sequences: TokenSequences?, at parameters: [Double], gradient: inout [Double]) throws
    -> Double
  {
    if let sequences { try model.check(sequences) }
    return mean(over: sequences ?? loaded, at: parameters, gradient: &gradient)
  }

  func losses(at parameters: [Double]) -> [Double] {
    map(at: parameters, initial: 0) { pass, x in Double(pass.forward(x)) }
  }

  func predictions(at parameters: [Double]) -> [[Double]] {
    map(at: parameters, initial: []) { pass, x in
      _ = pass.forward(x)
      return pass.classifier.prediction.map { Double($0) }
    }
  }

  private func mean(
    over sequences: TokenSequences, at parameters: [Double], gradient: inout [Double]
  ) -> Double {
    let point = Parameters(flat: parameters, model: model.definition)
    let weights = LayerWeights(point, shape: model.shape)
    let chunks = (sequences.count + Self.chunk - 1) / Self.chunk
    let partials = Partials(rows: chunks, width: LayerWeights<Double>.count(model.shape) + 1)
    pool.forEach(tasks: chunks) { task, _ in
      var pass = SequencePass(
        weights: weights.converted(to: Real.self), loss: model.loss, length: sequences.length)
      var sum = LayerWeights<Real>.zero(model.shape)
      var loss = 0.0
      for row in task * Self.chunk..<min((task + 1) * Self.chunk, sequences.count) {
        loss += Double(pass.forward(sequences[row]))
        pass.backward(sequences[row], gradient: &sum)
      }
      partials.set(row: task, (sum.copier + sum.shares + [sum.scale]).map { Double($0) } + [loss])
    }
    let total = partials.sum().map { $0 / Double(sequences.count) }
    let layers = LayerWeights<Double>(shape: model.shape, row: total.dropLast())
    gradient = weights.parameterGradient(of: layers, at: point).flat
    return total[total.count - 1]
  }

  private func map<Value>(
    at parameters: [Double], initial: Value,
    _ body: (inout SequencePass<Real>, ArraySlice<UInt16>) -> Value
  ) -> [Value] {
    let weights = LayerWeights(Parameters(flat: parameters, model: model.definition), shape: model.shape)
    var pass = SequencePass(
      weights: weights.converted(to: Real.self), loss: model.loss, length: loaded.length)
    return (0..<loaded.count).map { body(&pass, loaded[$0]) }
  }
}
