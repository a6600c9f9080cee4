import InductionModel
import MarkovChains
import Transformer

/// Fresh sequences that predictors are measured on. Belongs to one thread, and spreads its work over its pool.
final class Trial {
  let fresh: FreshSequences
  let pool: WorkerPool
  /// What each sequence's own kernel says of the next token.
  private(set) lazy var laws = fresh.nextLaws()
  /// Of the models asked last: points of one model follow each other, or alternate with those of another.
  private var batches: [(identity: String, batch: PreparedBatch)] = []

  private static let mostBatches = 2

  init(_ fresh: FreshSequences, pool: WorkerPool) {
    self.fresh = fresh
    self.pool = pool
  }

  /// L.
  var context: Int { fresh.context }

  /// The sequences, ready for a model at any number of points.
  ///
  /// - Throws: `SequenceError`, `ModelMismatch` where the model cannot take them.
  func batch(for model: any TrainableModel) throws -> PreparedBatch {
    if let known = batches.first(where: { $0.identity == model.identity }) { return known.batch }
    if batches.count == Self.mostBatches { batches.removeFirst() }
    let batch = try model.evaluator(precision: .double, pool: pool).prepare(fresh.sequences, for: .many)
    batches.append((model.identity, batch))
    return batch
  }

  /// y of GIH(S) over the keys of a model, one for each set.
  func inductionHeads(_ sets: [LagSet], _ definition: ModelDefinition) -> [Predictions] {
    InContextEstimator.inductionHeads(
      sets, window: definition.variant.keys == .all ? 0 : definition.reach, on: fresh.sequences,
      threads: pool.threads)
  }
}
