import InductionModel
import MarkovChains
import Transformer

/// Sequences that no training has seen, with the kernel of each.
struct FreshSequences {
  let sequences: TokenSequences
  /// L.
  let context: Int
  /// π of each sequence, and the law that it gives the token after the context.
  let nextLaws: [[Double]]

  /// The same sequences for the same seed and context.
  ///
  /// - Throws: `SamplerError` or `ChainError`.
  init(_ kernels: Kernels, context: Int, count: Int, seed: Int) throws {
    let place = DrawPlace(.measurement, step: context)
    let sampler: ChainSampler
    var list: [Kernel] = []
    switch kernels {
    case .source(let source):
      sampler = try ChainSampler(source)
      list = source.kernels
    case .prior(let concentration, let source):
      sampler = try ChainSampler(
        .prior(concentration: concentration, tokens: source.tokens, parents: source.parents),
        start: source.start)
    }
    self.context = context
    sequences = try sampler.sample(count: count, length: context + 1, seed: UInt64(seed), place: place)
    let drawn = sequences
    nextLaws = (0..<count).map { row in
      guard let kernel = sampler.kernel(ofSequence: row, seed: UInt64(seed), place: place, list: list) else {
        return []
      }
      return InContextEstimator.kernel(kernel).prediction(
        after: Self.tokens(drawn, row, context), tokens: kernel.tokens)
    }
  }

  /// Where the kernels come from.
  enum Kernels {
    /// The source's list.
    case source(Source)
    /// A new one for every sequence, over the source's tokens and parents.
    case prior(concentration: Double, Source)
  }
}

extension FreshSequences {
  /// y of the model at a point, [sequence][token].
  func predictions(_ parameters: Parameters, _ experiment: Experiment, pool: WorkerPool) throws -> [[Double]]
  {
    let transformer = DisentangledTransformer(experiment.model, loss: experiment.configuration.loss)
    let evaluator = transformer.evaluator(precision: .double, pool: pool)
    try evaluator.load(sequences)
    return evaluator.predictions(at: parameters.flat)
  }

  /// y of GIH(S) over the model's keys, [sequence][token].
  func predictions(_ set: LagSet, _ model: ModelDefinition) -> [[Double]] {
    let window = model.variant.keys == .all ? 0 : model.reach
    let estimator = InContextEstimator.inductionHead(set, window: window)
    return (0..<sequences.count).map { row in
      estimator.prediction(after: Self.tokens(sequences, row, context), tokens: model.tokens)
    }
  }

  /// x_1...x_L of one sequence.
  private static func tokens(_ sequences: TokenSequences, _ row: Int, _ context: Int) -> [Int] {
    sequences[row].prefix(context).map(Int.init)
  }
}

extension Experiment {
  /// - Throws: `ConfigurationError` when fresh sequences of these lengths L do not fit in memory together.
  func checkFreshSequences(contexts: [Int], count: Int) throws {
    let transformer = DisentangledTransformer(model, loss: configuration.loss)
    let bytes = contexts.reduce(0) {
      $0 + transformer.memory(count: count, length: $1 + 1, isRepeated: true)
    }
    try Resources.check(
      bytes, of: "length",
      "\(count) sequences of each of the lengths \(contexts.map(String.init).joined(separator: ", "))",
      lower: "--sequences or --length")
  }
}

extension ModelDefinition {
  /// Sets of lags that the heads can stand for: subsets of 1...min(H, W) with at most D members.
  var reachableSets: [LagSet] { LagSet.all(window: min(heads, reach), largest: degree) }

  /// The shortest context that has a key.
  var shortestContext: Int { variant.keys == .all ? 1 : reach + 1 }
}
