import CKernels
import InductionModel
import MarkovChains

/// Evaluates a batch with `StreamedPass`, sequences spread over the pool.
final class StreamedEvaluator<Real: LayerKernels>: EvaluatorCore {
  private let model: DisentangledTransformer
  private let pool: WorkerPool
  private let tree: SetTree
  private var loaded: TokenSequences
  private var setup: Setup?

  /// What depends on the length of the sequences.
  private struct Setup {
    let length: Int
    let weights: StreamedWeights<Real>
    let passes: [StreamedPass<Real>]
    var partials: Partials
  }

  /// Sequences that share a partial sum, whatever the number of threads.
  private static var chunk: Int { 8 }

  init(model: DisentangledTransformer, pool: WorkerPool) {
    self.model = model
    self.pool = pool
    tree = SetTree(model.definition)
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
    let values = forward(at: parameters) { pass, x, weights in pass.forward(x, weights) }
    return model.loss.criterion == .crossEntropy ? values.map { -Double.log($0) } : values
  }

  func predictions(at parameters: [Double]) -> [[Double]] {
    forward(at: parameters) { pass, x, weights in
      _ = pass.forward(x, weights)
      return pass.prediction(x, weights)
    }
  }

  private func prepare(length: Int, count: Int) -> Setup? {
    let chunks = (count + Self.chunk - 1) / Self.chunk
    let width = LayerWeights<Double>.count(model.shape) + 1
    if let setup, setup.length == length, setup.partials.rows == chunks { return setup }
    guard let plan = StreamedPlan(shape: model.shape, length: length) else { return nil }
    setup = Setup(
      length: length, weights: StreamedWeights(plan: plan),
      passes: (0..<pool.threads).map { _ in StreamedPass(plan: plan, tree: tree, loss: model.loss) },
      partials: Partials(rows: chunks, width: width))
    return setup
  }

  private func mean(
    over sequences: TokenSequences, at parameters: [Double], gradient: inout [Double]
  ) -> Double {
    guard let setup = prepare(length: sequences.length, count: sequences.count) else { return .nan }
    let point = Parameters(flat: parameters, model: model.definition)
    let weights = LayerWeights(point, shape: model.shape)
    setup.weights.set(weights, plan: setup.passes[0].plan)
    let isCrossEntropy = model.loss.criterion == .crossEntropy
    sequences.storage.withUnsafeBufferPointer { tokens in
      guard let tokens = tokens.baseAddress else { return }
      pool.forEach(tasks: setup.partials.rows) { task, worker in
        let pass = setup.passes[worker]
        let rows = task * Self.chunk..<min((task + 1) * Self.chunk, sequences.count)
        var values = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        pass.start()
        let loss = withUnsafeMutablePointer(to: &values) { values in
          values.withMemoryRebound(to: Double.self, capacity: Self.chunk) { values in
            for row in rows {
              let x = tokens + row * sequences.length
              values[row - rows.lowerBound] = pass.forward(x, setup.weights)
              pass.backward(x, setup.weights)
            }
            if isCrossEntropy { vector_log(values, values, Int64(rows.count)) }
            return (0..<rows.count).reduce(0) { $0 + values[$1] }
          }
        }
        setup.partials.set(row: task, pass.gradient() + [isCrossEntropy ? -loss : loss])
      }
    }
    let total = setup.partials.sum().map { $0 / Double(sequences.count) }
    let layers = LayerWeights<Double>(shape: model.shape, row: total.dropLast())
    gradient = weights.parameterGradient(of: layers, at: point).flat
    return total[total.count - 1]
  }

  private func forward<Value>(
    at parameters: [Double],
    _ body: (StreamedPass<Real>, UnsafePointer<UInt16>, StreamedWeights<Real>) -> Value
  ) -> [Value] {
    guard let setup = prepare(length: loaded.length, count: loaded.count) else { return [] }
    setup.weights.set(
      LayerWeights(Parameters(flat: parameters, model: model.definition), shape: model.shape),
      plan: setup.passes[0].plan)
    return loaded.storage.withUnsafeBufferPointer { tokens in
      guard let tokens = tokens.baseAddress else { return [] }
      return (0..<loaded.count).map { body(setup.passes[0], tokens + $0 * loaded.length, setup.weights) }
    }
  }
}
