import MarkovChains

/// What the evaluators of one precision do, before their type is hidden.
protocol EvaluatorCore: AnyObject {
  associatedtype Batch
  /// - Throws: `SequenceError`, `ModelMismatch`.
  func prepare(_ sequences: TokenSequences, for use: BatchUse) throws -> Batch
  func evaluate(_ batch: Batch, at parameters: [Double], _ outputs: BatchOutputs) -> BatchValues
}

/// An evaluator behind closures that are made where its precision is known: the compiler then specialises its loops,
/// which it does not do for a generic class behind a protocol.
final class ConcreteEvaluator: BatchEvaluator {
  private let preparing: (TokenSequences, BatchUse) throws -> PreparedBatch

  @inline(__always)
  init<Core: EvaluatorCore>(_ core: Core) {
    preparing = { sequences, use in
      let batch = try core.prepare(sequences, for: use)
      return PreparedBatch(count: sequences.count) { core.evaluate(batch, at: $0, $1) }
    }
  }

  func prepare(_ sequences: TokenSequences, for use: BatchUse) throws -> PreparedBatch {
    try preparing(sequences, use)
  }
}
