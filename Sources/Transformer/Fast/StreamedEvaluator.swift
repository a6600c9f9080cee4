import CKernels
import InductionModel
import MarkovChains

/// Evaluates a batch with `StreamedPass`, sequences spread over the pool.
final class StreamedEvaluator<Heads: StreamedHeads>: EvaluatorCore {
  typealias Real = Heads.Real

  private let model: any TrainableModel
  private let shape: PassShape
  private let loss: Loss
  private let pool: WorkerPool
  private let tree: SetTree
  /// Numbers of a gradient's row.
  private let width: Int
  private let layer: (_ length: Int) -> Layer?
  private var last: Workspace?

  /// Layer 1 for sequences of one length.
  struct Layer {
    let weights: Heads.Weights
    /// Of one thread.
    let heads: () -> Heads
  }

  /// Sequences with the workspace of their length, which batches of one size share.
  struct Batch {
    let sequences: TokenSequences
    let workspace: Workspace
  }

  final class Workspace {
    let length: Int
    /// Sequences of a task, which share a partial sum.
    let chunk: Int
    let weights: Heads.Weights
    let passes: [StreamedPass<Heads>]
    let partials: Partials

    init(
      length: Int, chunk: Int, weights: Heads.Weights, passes: [StreamedPass<Heads>], partials: Partials
    ) {
      (self.length, self.chunk, self.weights) = (length, chunk, weights)
      (self.passes, self.partials) = (passes, partials)
    }
  }

  /// Sequences whose logarithms are taken at once.
  private static var block: Int { 8 }

  /// - Parameter layer: nil for a length that the layer does not take.
  init(
    model: any TrainableModel, shape: PassShape, loss: Loss, pool: WorkerPool, width: Int,
    layer: @escaping (_ length: Int) -> Layer?
  ) {
    self.model = model
    self.shape = shape
    self.loss = loss
    self.pool = pool
    self.width = width
    self.layer = layer
    tree = SetTree(shape.definition)
  }

  func prepare(_ sequences: TokenSequences, for use: BatchUse) throws -> Batch {
    try model.check(sequences)
    let chunk = Partials.sequences(of: sequences.count, width: width, least: Self.block)
    let chunks = (sequences.count + chunk - 1) / chunk
    if let last, last.length == sequences.length, last.chunk == chunk, last.partials.rows == chunks {
      return Batch(sequences: sequences, workspace: last)
    }
    guard let layer = layer(sequences.length) else {
      throw SequenceError.tooShort(sequence: 0, length: sequences.length, required: shape.reach + 2)
    }
    let keys = StreamedKeys(shape: shape, length: sequences.length)
    let passes = (0..<pool.threads).map { _ in
      StreamedPass(heads: layer.heads(), reading: StreamedReading(keys: keys, tree: tree, loss: loss))
    }
    let workspace = Workspace(
      length: sequences.length, chunk: chunk, weights: layer.weights, passes: passes,
      partials: Partials(rows: chunks, width: width))
    last = workspace
    return Batch(sequences: sequences, workspace: workspace)
  }

  func evaluate(_ batch: Batch, at parameters: [Double], _ outputs: BatchOutputs) -> BatchValues {
    let (sequences, workspace) = (batch.sequences, batch.workspace)
    workspace.weights.set(parameters)
    let results = PassResults(
      outputs, tasks: workspace.partials.rows, sequences: sequences.count, tokens: shape.tokens)
    sequences.storage.withUnsafeBufferPointer { tokens in
      guard let tokens = tokens.baseAddress else { return }
      pool.forEach(tasks: workspace.partials.rows) { task, worker in
        let rows = task * workspace.chunk..<min((task + 1) * workspace.chunk, sequences.count)
        run(workspace.passes[worker], tokens, rows, workspace, results, task: task)
      }
    }
    return results.values {
      workspace.weights.parameterGradient(row: workspace.partials.sum().map { $0 / Double(sequences.count) })
    }
  }

  /// The sequences of one task.
  private func run(
    _ pass: StreamedPass<Heads>, _ tokens: UnsafePointer<UInt16>, _ rows: Range<Int>, _ workspace: Workspace,
    _ results: PassResults, task: Int
  ) {
    let needsGradient = results.outputs.contains(.gradient)
    if needsGradient { pass.start() }
    var total = 0.0
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.block) {
      let block = first..<min(first + Self.block, rows.upperBound)
      total += run(pass, tokens + first * workspace.length, block: block, workspace, results)
    }
    results.set(task: task, loss: total)
    if needsGradient { workspace.partials.set(row: task, pass.gradient(workspace.weights)) }
  }

  /// The sum of the losses of at most eight sequences, the first at `tokens`.
  private func run(
    _ pass: StreamedPass<Heads>, _ tokens: UnsafePointer<UInt16>, block rows: Range<Int>,
    _ workspace: Workspace, _ results: PassResults
  ) -> Double {
    let isCrossEntropy = loss.criterion == .crossEntropy
    let needsGradient = results.outputs.contains(.gradient)
    var values = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    let total = withUnsafeMutablePointer(to: &values) { values in
      values.withMemoryRebound(to: Double.self, capacity: Self.block) { values in
        for (place, row) in rows.enumerated() {
          let x = tokens + place * workspace.length
          let value = pass.forward(x, workspace.weights)
          values[place] = value
          if results.wantsSequences {
            let y =
              results.outputs.contains(.predictions)
              ? pass.reading.prediction(x, workspace.weights.reading) : []
            results.set(sequence: row, loss: isCrossEntropy ? -Double.log(value) : value) { y[$0] }
          }
          if needsGradient { pass.backward(x, workspace.weights) }
        }
        if isCrossEntropy { vector_log(values, values, Int64(rows.count)) }
        return (0..<rows.count).reduce(0) { $0 + values[$1] }
      }
    }
    return isCrossEntropy ? -total : total
  }
}
