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
  func check(_ model: any TrainableModel) throws {
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

extension TrainingData {
  /// The sequences of the step that follows `step` others, as a run of the seed sees them. Of fixed sequences that make one
  /// batch, all.
  ///
  /// - Throws: `ChainError` where a kernel drawn from the prior has no stationary law to start from.
  public func sequences(step: Int, seed: UInt64, pool: WorkerPool) throws -> TokenSequences {
    switch self {
    case .fresh(let sampler, let batch, let length):
      var drawn = TokenSequences(count: batch, length: length, tokens: sampler.tokens)
      try sampler.fill(&drawn, seed: seed, place: DrawPlace(.training, step: step), pool: pool)
      return drawn
    case .fixed(let sequences, let batch):
      var rounds = ShuffledRounds(total: sequences.count, batch: batch, seed: seed)
      return batch == sequences.count ? sequences : sequences.selecting(rounds.rows(step: step))
    }
  }
}

/// The order in which batches go through a fixed set: rounds, each a permutation of its own, written one after the other.
struct ShuffledRounds {
  let total: Int
  let batch: Int
  let seed: UInt64
  private var round: (number: Int, order: [Int]) = (-1, [])

  init(total: Int, batch: Int, seed: UInt64) { (self.total, self.batch, self.seed) = (total, batch, seed) }

  /// Of the step that follows `step` others.
  mutating func rows(step: Int) -> [Int] {
    (step * batch..<(step + 1) * batch).map { place in
      let number = place / total
      if round.number != number { round = (number, permutation(number)) }
      return round.order[place % total]
    }
  }

  /// Fisher and Yates, from the round's own words.
  private func permutation(_ number: Int) -> [Int] {
    var order = Array(0..<total)
    var generator = CounterGenerator(seed: seed, place: DrawPlace(.order, step: number), number: 0)
    for last in stride(from: total - 1, to: 0, by: -1) { order.swapAt(last, generator.below(last + 1)) }
    return order
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
  private var rounds: ShuffledRounds

  init(_ data: TrainingData, model: any TrainableModel, precision: Precision, seed: UInt64, pool: WorkerPool)
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
      rounds = ShuffledRounds(total: count, batch: count, seed: seed)
    case .fixed(let sequences, let count):
      rounds = ShuffledRounds(total: sequences.count, batch: count, seed: seed)
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
    case .fixed(let sequences, _):
      return try evaluator.prepare(sequences.selecting(rounds.rows(step: step)), for: .once)
    }
  }
}
