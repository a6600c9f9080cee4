import CKernels
import InductionModel
import MarkovChains

/// Evaluates a batch by windows, queries spread over the pool.
final class WindowEvaluator<Real: LayerKernels>: EvaluatorCore {
  private let model: DisentangledTransformer
  private let pool: WorkerPool
  private let plan: WindowPlan
  private let features: WindowFeatures<Real>
  private let workers: [WindowRow<Real>]
  /// The last batch to be evaluated once, whose memory serves the next one when nobody else holds it.
  private var fresh: WindowBatch<Real>?
  private var scratch: [Buffer<UInt32>] = []
  private var partials = Partials(rows: 0, width: 0)

  init(model: DisentangledTransformer, plan: WindowPlan, pool: WorkerPool) {
    self.model = model
    self.pool = pool
    self.plan = plan
    let tree = SetTree(model.definition)
    features = WindowFeatures(plan: plan, tree: tree)
    workers = (0..<pool.threads).map { _ in WindowRow(plan: plan, tree: tree, loss: model.loss) }
  }

  func prepare(_ sequences: TokenSequences, for use: BatchUse) throws -> WindowBatch<Real> {
    try model.check(sequences)
    switch use {
    case .many: return WindowBatch(sequences, plan: plan, pool: pool)
    case .once:
      if scratch.first.map({ $0.count < sequences.length }) ?? true {
        scratch = workers.map { _ in Buffer(sequences.length, zero: 0) }
      }
      let batch = reused(count: sequences.count) ?? WindowBatch(plan: plan, count: sequences.count)
      batch.count(sequences, plan: plan, pool: pool, scratch: scratch)
      fresh = batch
      return batch
    }
  }

  private func reused(count: Int) -> WindowBatch<Real>? {
    guard isKnownUniquelyReferenced(&fresh), let fresh, fresh.count == count else { return nil }
    return fresh
  }

  func evaluate(_ batch: WindowBatch<Real>, at parameters: [Double], _ outputs: BatchOutputs) -> BatchValues {
    let point = Parameters(flat: parameters, model: model.definition)
    let weights = LayerWeights(point, shape: model.shape)
    features.forward(weights)
    let (tasks, rows, needsGradient) = (batch.tasks, batch.rows, outputs.contains(.gradient))
    let width = WindowRow<Real>.width(of: plan, sets: model.shape.sets)
    if needsGradient, partials.rows < tasks.count {
      partials = Partials(rows: tasks.count, width: width)
    }
    let results = PassResults(
      outputs, tasks: tasks.count, sequences: batch.count, tokens: model.definition.tokens)
    pool.forEach(tasks: tasks.count) { task, worker in
      let row = workers[worker]
      row.start(outputs)
      for query in tasks[task] where rows[query] < rows[query + 1] {
        let range = rows[query]..<rows[query + 1]
        row.run(
          query: query,
          sequences: UnsafeBufferPointer(start: batch.order.start + range.lowerBound, count: range.count),
          batch: batch, features: features, results: results)
      }
      results.set(task: task, loss: row.total)
      if needsGradient { row.finish(into: partials, row: task) }
    }
    return results.values {
      let total = partials.sum(rows: tasks.count).map { $0 / Double(batch.count) }
      return gradient(total, of: weights, at: point)
    }
  }

  /// The mean's derivatives by what a row reads, as `WindowRow` leaves them → by θ.
  private func gradient(_ total: [Double], of weights: LayerWeights<Double>, at point: Parameters)
    -> [Double]
  {
    var sum = LayerWeights<Double>.zero(model.shape)
    var dv = Array(total[..<features.v.count])
    let shares = features.v.count..<features.v.count + model.shape.sets
    sum.shares = Array(total[shares])
    sum.scale = total[total.count - 1]
    features.backward(dv: &dv, dinverse: Array(total[shares.upperBound..<total.count - 1]), into: &sum)
    return weights.parameterGradient(of: sum, at: point).flat
  }
}
