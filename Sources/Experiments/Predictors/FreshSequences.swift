import InductionModel
import MarkovChains
import Transformer

/// Sequences that no training has seen, with the kernel of each.
struct FreshSequences {
  let sequences: TokenSequences
  private let sampler: ChainSampler
  private let list: [Kernel]
  private let seed: UInt64
  private let place: DrawPlace

  /// Where the kernels come from.
  enum Kernels {
    /// The source's list.
    case source(Source)
    /// A new one for every sequence, over the source's tokens and parents.
    case prior(concentration: Double, Source)
  }

  /// The same sequences for the same seed and context.
  ///
  /// - Throws: `SamplerError` or `ChainError`.
  init(_ kernels: Kernels, context: Int, count: Int, seed: Int, pool: WorkerPool) throws {
    switch kernels {
    case .source(let source):
      sampler = try ChainSampler(source)
      list = source.kernels
    case .prior(let concentration, let source):
      sampler = try ChainSampler(
        .prior(concentration: concentration, tokens: source.tokens, parents: source.parents),
        start: source.start)
      list = []
    }
    self.seed = UInt64(seed)
    place = DrawPlace(.measurement, step: context)
    var drawn = TokenSequences(count: count, length: context + 1, tokens: sampler.tokens)
    try sampler.fill(&drawn, seed: self.seed, place: place, pool: pool)
    sequences = drawn
  }

  /// L.
  var context: Int { sequences.length - 1 }

  /// The law that each sequence's own kernel gives the token after the context.
  func nextLaws() -> Predictions {
    let laws = (0..<sequences.count).map { row -> [Double] in
      guard let kernel = sampler.kernel(ofSequence: row, seed: seed, place: place, list: list) else {
        return []
      }
      return InContextEstimator.kernel(kernel)
        .prediction(after: sequences[row].dropLast(), tokens: kernel.tokens)
    }
    return Predictions(values: laws.flatMap { $0 }, tokens: sequences.tokens)
  }
}

extension Experiment {
  /// - Throws: `ConfigurationError` when fresh sequences of these lengths L do not fit in memory together.
  func checkFreshSequences(contexts: [Int], count: Int) throws {
    let trainable = trainable
    let bytes = contexts.reduce(0) { $0 + trainable.memory(count: count, length: $1 + 1, use: .many) }
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
