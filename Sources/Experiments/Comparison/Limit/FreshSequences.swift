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
  /// The context x_1...x_L of each.
  let contexts: [[Int]]

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
    let contexts = (0..<count).map { row in drawn[row].prefix(context).map(Int.init) }
    self.contexts = contexts
    nextLaws = (0..<count).map { row in
      guard let kernel = sampler.kernel(ofSequence: row, seed: UInt64(seed), place: place, list: list) else {
        return []
      }
      return InContextEstimator.kernel(kernel).prediction(after: contexts[row], tokens: kernel.tokens)
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
    return contexts.map { estimator.prediction(after: $0, tokens: model.tokens) }
  }
}

extension ModelDefinition {
  /// Sets of lags that the heads can stand for: subsets of 1...min(H, W) with at most D members.
  var reachableSets: [LagSet] { LagSet.all(window: min(heads, reach), largest: degree) }

  /// The shortest context that has a key.
  var shortestContext: Int { variant.keys == .all ? 1 : reach + 1 }
}
