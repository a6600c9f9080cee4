import MarkovChains
import Theory

/// Sequences x_1...x_{L+1} with their weights in an average.
extension WeightedSequences {
  /// A fixed set, the same for the same seed, and the one that training on a fixed set with this seed sees.
  ///
  /// - Throws: `ConfigurationError` when the set does not fit in memory, `SamplerError` or `ChainError`.
  init(drawn count: Int, from source: Source, context: Int, seed: Int) throws {
    let bytes = 8 * Double(count) * Double(context + 1)
    guard bytes <= Double(Resources.memory) else {
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "theory.sequences.count",
        found: "\(count) sequences of \(context + 1) tokens, which need \(Resources.size(bytes))",
        allowed: "at most \(Resources.size(Double(Resources.memory)))",
        suggestion: "lower theory.sequences.count or theory.sequences.context")
    }
    let drawn = try ChainSampler(source).sample(
      count: count, length: context + 1, seed: UInt64(seed), place: DrawPlace(.training))
    self.init((0..<drawn.count).map { drawn[$0].map(Int.init) })
  }

  /// More sequences than this are no tiny context any more.
  private static let most = 1 << 20

  /// All d^(L+1) sequences, each with its probability under the source: the mean over kernels of the start law of
  /// the first tokens times the product of π. O(kernels · L · d^(L+1)).
  ///
  /// - Throws: `ConfigurationError` when there are too many, or `ChainError` for a stationary start.
  init(allOf source: Source, context: Int) throws {
    let (d, length) = (source.tokens, context + 1)
    var count = 1
    for _ in 0..<length {
      guard count <= Self.most / d else {
        throw ConfigurationError(
          .outOfRange, at: .configuration, keyPath: "theory.sequences.context", found: "\(context)",
          allowed: "a context for which all \(d)^(context + 1) sequences are at most \(Self.most)")
      }
      count *= d
    }
    var sequences: [[Int]] = [[]]
    for _ in 0..<length { sequences = sequences.flatMap { prefix in (0..<d).map { prefix + [$0] } } }
    var weights = [Double](repeating: 0, count: count)
    for kernel in source.kernels {
      let start = try StartLaw(source.start, kernel)
      for (index, sequence) in sequences.enumerated() {
        weights[index] += start.probability(of: sequence) / Double(source.kernels.count)
      }
    }
    let possible = weights.indices.filter { weights[$0] > 0 }
    self.init(possible.map { sequences[$0] }, weights: possible.map { weights[$0] })
  }
}

/// The law of the first r_n tokens, and what follows from it.
private struct StartLaw {
  let kernel: Kernel
  /// On the first tokens by window index; nil for uniform ones.
  let law: [Double]?

  init(_ start: Source.Start, _ kernel: Kernel) throws {
    self.kernel = kernel
    law = start == .stationary ? try kernel.stationaryLaw().probabilities : nil
  }

  func probability(of sequence: [Int]) -> Double {
    let (d, memory) = (kernel.tokens, kernel.memory)
    let first = sequence.prefix(memory)
    var probability = 1.0
    if let law {
      // A sequence shorter than the memory has the marginal law of its tokens, the oldest of the window.
      let missing = memory - first.count
      let span = (0..<missing).reduce(1) { power, _ in power * d }
      let oldest = first.reduce(0) { $0 * d + $1 } * span
      probability = (0..<span).reduce(0) { $0 + law[oldest + $1] }
    } else {
      for _ in first { probability /= Double(d) }
    }
    for position in stride(from: memory, to: sequence.count, by: 1) {
      let context = kernel.parents.reversed().reduce(0) { $0 * d + sequence[position - $1] }
      probability *= kernel.probabilities[context * d + sequence[position]]
    }
    return probability
  }
}
