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
  private var loaded: WindowBatch<Real>?
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

  func load(_ sequences: TokenSequences) throws {
    try model.check(sequences)
    loaded = WindowBatch(sequences, plan: plan)
  }

  func mean(
    over sequences: TokenSequences?, at parameters: [Double], gradient: inout [Double]
  ) throws -> Double {
    guard let sequences else {
      return loaded.map { mean(of: $0, at: parameters, gradient: &gradient) } ?? .nan
    }
    try model.check(sequences)
    let batch = fresh?.count == sequences.count ? fresh : nil
    let filled = batch ?? WindowBatch(plan: plan, count: sequences.count)
    fresh = filled
    if scratch.first.map({ $0.count < sequences.length }) ?? true {
      scratch = workers.map { _ in Buffer(sequences.length, zero: 0) }
    }
    filled.count(sequences, plan: plan, pool: pool, scratch: scratch)
    return mean(of: filled, at: parameters, gradient: &gradient)
  }

  func losses(at parameters: [Double]) -> [Double] { values(at: parameters, initial: 0) { loss, _ in loss } }

  func predictions(at parameters: [Double]) -> [[Double]] {
    values(at: parameters, initial: []) { _, prediction in prediction }
  }

  private func mean(
    of batch: WindowBatch<Real>, at parameters: [Double], gradient: inout [Double]
  ) -> Double {
    let point = Parameters(flat: parameters, model: model.definition)
    let weights = LayerWeights(point, shape: model.shape)
    features.forward(weights)
    let width = WindowRow<Real>.width(of: plan, sets: model.shape.sets)
    if partials.rows < batch.tasks.count || partials.width != width {
      partials = Partials(rows: batch.tasks.count, width: width)
    }
    let (tasks, rows) = (batch.tasks, batch.rows)
    pool.forEach(tasks: tasks.count) { task, worker in
      let row = workers[worker]
      row.start()
      for query in tasks[task] where rows[query] < rows[query + 1] {
        let range = rows[query]..<rows[query + 1]
        row.run(
          query: query,
          sequences: UnsafeBufferPointer(start: batch.order.start + range.lowerBound, count: range.count),
          batch: batch, features: features, purpose: .gradient)
      }
      row.finish(into: partials, row: task)
    }
    let count = Double(batch.count)
    let total = partials.sum(rows: batch.tasks.count).map { $0 / count }
    var sum = LayerWeights<Double>.zero(model.shape)
    var dv = Array(total[..<features.v.count])
    let shares = features.v.count..<features.v.count + model.shape.sets
    sum.shares = Array(total[shares])
    sum.scale = total[total.count - 2]
    features.backward(dv: &dv, dinverse: Array(total[shares.upperBound..<total.count - 2]), into: &sum)
    gradient = weights.parameterGradient(of: sum, at: point).flat
    return total[total.count - 1]
  }

  private func values<Value>(
    at parameters: [Double], initial: Value, _ body: @escaping (Double, [Double]) -> Value
  ) -> [Value] {
    guard let batch = loaded else { return [] }
    features.forward(
      LayerWeights(Parameters(flat: parameters, model: model.definition), shape: model.shape))
    var values = Array(repeating: initial, count: batch.count)
    for query in 0..<plan.windows where batch.rows[query] < batch.rows[query + 1] {
      let range = batch.rows[query]..<batch.rows[query + 1]
      let store: (Int, Double, [Double]) -> Void = { values[$0] = body($1, $2) }
      withoutActuallyEscaping(store) { take in
        workers[0].run(
          query: query,
          sequences: UnsafeBufferPointer(start: batch.order.start + range.lowerBound, count: range.count),
          batch: batch, features: features, purpose: .values(take))
      }
    }
    return values
  }
}
