import CKernels
import InductionModel
import MarkovChains

/// Evaluates a batch with `StreamedPass`, sequences spread over the pool.
final class StreamedEvaluator<Real: LayerKernels>: EvaluatorCore {
  private let model: DisentangledTransformer
  private let pool: WorkerPool
  private let tree: SetTree
  private var last: Workspace?

  /// Sequences with the workspace of their length, which batches of one size share.
  struct Batch {
    let sequences: TokenSequences
    let workspace: Workspace
  }

  final class Workspace {
    let length: Int
    let weights: StreamedWeights<Real>
    let passes: [StreamedPass<Real>]
    let partials: Partials

    init(_ plan: StreamedPlan, length: Int, tree: SetTree, loss: Loss, threads: Int, chunks: Int) {
      self.length = length
      weights = StreamedWeights(plan: plan)
      passes = (0..<threads).map { _ in StreamedPass(plan: plan, tree: tree, loss: loss) }
      partials = Partials(rows: chunks, width: LayerWeights<Double>.count(plan.shape))
    }
  }

  /// Sequences that share a partial sum, whatever the number of threads.
  private static var chunk: Int { 8 }

  init(model: DisentangledTransformer, pool: WorkerPool) {
    self.model = model
    self.pool = pool
    tree = SetTree(model.definition)
  }

  func prepare(_ sequences: TokenSequences, for use: BatchUse) throws -> Batch {
    try model.check(sequences)
    let chunks = (sequences.count + Self.chunk - 1) / Self.chunk
    if let last, last.length == sequences.length, last.partials.rows == chunks {
      return Batch(sequences: sequences, workspace: last)
    }
    guard let plan = StreamedPlan(shape: model.shape, length: sequences.length) else {
      throw SequenceError.tooShort(sequence: 0, length: sequences.length, required: model.shape.reach + 2)
    }
    let workspace = Workspace(
      plan, length: sequences.length, tree: tree, loss: model.loss, threads: pool.threads, chunks: chunks)
    last = workspace
    return Batch(sequences: sequences, workspace: workspace)
  }

  func evaluate(_ batch: Batch, at parameters: [Double], _ outputs: BatchOutputs) -> BatchValues {
    let (sequences, workspace) = (batch.sequences, batch.workspace)
    let point = Parameters(flat: parameters, model: model.definition)
    let weights = LayerWeights(point, shape: model.shape)
    workspace.weights.set(weights, plan: workspace.passes[0].plan)
    let results = PassResults(
      outputs, tasks: workspace.partials.rows, sequences: sequences.count, tokens: model.definition.tokens)
    sequences.storage.withUnsafeBufferPointer { tokens in
      guard let tokens = tokens.baseAddress else { return }
      pool.forEach(tasks: workspace.partials.rows) { task, worker in
        let rows = task * Self.chunk..<min((task + 1) * Self.chunk, sequences.count)
        run(
          workspace.passes[worker], tokens + rows.lowerBound * sequences.length, rows, workspace, results,
          task: task)
      }
    }
    return results.values {
      let row = workspace.partials.sum().map { $0 / Double(sequences.count) }
      let layers = LayerWeights<Double>(shape: model.shape, row: row)
      return weights.parameterGradient(of: layers, at: point).flat
    }
  }

  /// The sequences of one task, the first at `tokens`.
  private func run(
    _ pass: StreamedPass<Real>, _ tokens: UnsafePointer<UInt16>, _ rows: Range<Int>, _ workspace: Workspace,
    _ results: PassResults, task: Int
  ) {
    let isCrossEntropy = model.loss.criterion == .crossEntropy
    let needsGradient = results.outputs.contains(.gradient)
    var values = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    if needsGradient { pass.start() }
    let total = withUnsafeMutablePointer(to: &values) { values in
      values.withMemoryRebound(to: Double.self, capacity: Self.chunk) { values in
        for (place, row) in rows.enumerated() {
          let x = tokens + place * workspace.length
          let value = pass.forward(x, workspace.weights)
          values[place] = value
          if results.wantsSequences {
            let y = results.outputs.contains(.predictions) ? pass.prediction(x, workspace.weights) : []
            results.set(sequence: row, loss: isCrossEntropy ? -Double.log(value) : value) { y[$0] }
          }
          if needsGradient { pass.backward(x, workspace.weights) }
        }
        if isCrossEntropy { vector_log(values, values, Int64(rows.count)) }
        return (0..<rows.count).reduce(0) { $0 + values[$1] }
      }
    }
    results.set(task: task, loss: isCrossEntropy ? -total : total)
    if needsGradient { workspace.partials.set(row: task, pass.gradient()) }
  }
}
