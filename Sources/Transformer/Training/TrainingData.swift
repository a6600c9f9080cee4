import MarkovChains

/// What a step's gradient is computed on.
public enum TrainingData: Sendable {
  /// New sequences of L + 1 = `length` tokens every step.
  case fresh(ChainSampler, batch: Int, length: Int)
  /// The same sequences throughout, `batch` of them a step: all of them, or the next ones of a shuffled round.
  case fixed(TokenSequences, batch: Int)

  var length: Int {
    switch self {
    case .fresh(_, _, let length): length
    case .fixed(let sequences, _): sequences.length
    }
  }

  /// - Throws: `TrainingError.batch`, or what the model does not take.
  func check(_ model: some TrainableModel) throws {
    switch self {
    case .fresh(let sampler, let count, let length):
      guard count > 0 else { throw TrainingError.batch(count) }
      try model.check(TokenSequences(count: 1, length: length, tokens: sampler.tokens))
    case .fixed(let sequences, let count):
      guard count > 0, count <= sequences.count else { throw TrainingError.batch(count) }
      try model.check(sequences)
    }
  }
}

/// A run's batches: a function of the seed and the step. Its data have been checked.
final class BatchSource {
  private let data: TrainingData
  private let seed: UInt64
  private let pool: WorkerPool
  private let evaluator: any BatchEvaluator
  /// Where fresh sequences are drawn into.
  private var drawn: TokenSequences
  /// All of the fixed sequences, if they make a batch.
  private let whole: PreparedBatch?
  private var round: (number: Int, order: [Int]) = (-1, [])

  init(_ data: TrainingData, model: some TrainableModel, precision: Precision, seed: UInt64, pool: WorkerPool)
    throws
  {
    self.data = data
    self.seed = seed
    self.pool = pool
    evaluator = model.evaluator(precision: precision, pool: pool)
    switch data {
    case .fresh(let sampler, let count, let length):
      drawn = TokenSequences(count: count, length: length, tokens: sampler.tokens)
      whole = nil
    case .fixed(let sequences, let count):
      drawn = TokenSequences(count: 0, length: 0, tokens: sequences.tokens)
      whole = count == sequences.count ? try evaluator.prepare(sequences, for: .many) : nil
    }
  }

  /// The batch of the step that follows `step` others.
  func batch(step: Int) throws -> PreparedBatch {
    if let whole { return whole }
    switch data {
    case .fresh(let sampler, _, _):
      try sampler.fill(&drawn, seed: seed, place: DrawPlace(.training, step: step), pool: pool)
      return try evaluator.prepare(drawn, for: .once)
    case .fixed(let sequences, let count):
      let rows = rows(of: sequences.count, step: step, batch: count)
      return try evaluator.prepare(sequences.selecting(rows), for: .once)
    }
  }

  /// Rows `step · batch` and on of the rounds, each a permutation of its own, written one after the other.
  private func rows(of total: Int, step: Int, batch: Int) -> [Int] {
    (step * batch..<(step + 1) * batch).map { place in
      let number = place / total
      if round.number != number { round = (number, permutation(of: total, round: number)) }
      return round.order[place % total]
    }
  }

  /// Fisher and Yates, from the round's own words.
  private func permutation(of total: Int, round: Int) -> [Int] {
    var order = Array(0..<total)
    var generator = CounterGenerator(seed: seed, place: DrawPlace(.order, step: round), number: 0)
    for last in stride(from: total - 1, to: 0, by: -1) { order.swapAt(last, generator.below(last + 1)) }
    return order
  }
}
