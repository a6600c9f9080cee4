import CKernels
import InductionModel
import MarkovChains

/// Evaluates a batch by windows, queries spread over the pool.
final class WindowEvaluator<Heads: WindowHeads>: EvaluatorCore {
  typealias Real = Heads.Real

  private let model: any TrainableModel
  private let pool: WorkerPool
  private let plan: WindowPlan
  private let heads: Heads
  private let workers: [WindowRow<Real>]
  /// The last batch to be evaluated once, whose memory serves the next one when nobody else holds it.
  private var fresh: WindowBatch<Real>?
  private var scratch: [Buffer<UInt32>] = []
  private var partials = Partials(rows: 0, width: 0)

  init(model: any TrainableModel, loss: Loss, plan: WindowPlan, tree: SetTree, heads: Heads, pool: WorkerPool)
  {
    self.model = model
    self.pool = pool
    self.plan = plan
    self.heads = heads
    workers = (0..<pool.threads).map { _ in WindowRow(plan: plan, tree: tree, loss: loss) }
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
    heads.forward(parameters)
    let (tasks, rows, needsGradient) = (batch.tasks, batch.rows, outputs.contains(.gradient))
    if needsGradient, partials.rows < tasks.count {
      partials = Partials(rows: tasks.count, width: WindowGradient.width(of: plan))
    }
    let results = PassResults(
      outputs, tasks: tasks.count, sequences: batch.count, tokens: plan.shape.tokens)
    pool.forEach(tasks: tasks.count) { task, worker in
      let row = workers[worker]
      row.start(outputs)
      for query in tasks[task] where rows[query] < rows[query + 1] {
        let range = rows[query]..<rows[query + 1]
        row.run(
          query: query,
          sequences: UnsafeBufferPointer(start: batch.order.start + range.lowerBound, count: range.count),
          batch: batch, features: heads.features, results: results)
      }
      results.set(task: task, loss: row.total)
      if needsGradient { row.finish(into: partials, row: task) }
    }
    return results.values {
      let total = partials.sum(rows: tasks.count).map { $0 / Double(batch.count) }
      return heads.backward(WindowGradient(row: total, plan: plan))
    }
  }
}
