import CKernels

/// Draws sequences of n-gram chains, or cuts them from a text.
///
/// A sequence is a function of seed, place and its number in the batch: any part of a batch can be drawn on any
/// thread, and a run can be resumed at any step. Its number seeds an xoshiro128+ of its own by Philox. About 1 ns a
/// token where AVX2 is there, 32 sequences side by side.
public struct ChainSampler: Sendable {
  /// Which kernel a sequence follows.
  public enum Kernels: Sendable {
    /// One of the list, each with the same probability.
    case list([Kernel])
    /// A new one per sequence, every row independently Dirichlet(α·1_d).
    case prior(concentration: Double, tokens: Int, parents: [Int])
    /// None: sequences are pieces of a text.
    case excerpts(Excerpts)
  }

  /// d.
  public let tokens: Int
  /// Lags r_1 < ... < r_n.
  public let parents: [Int]
  public let start: Source.Start
  private let drawn: Drawn

  private enum Drawn: Sendable {
    /// Alias tables [kernel][context][token]; the law of the first tokens per kernel, for a stationary start.
    case list(count: Int, alias: [UInt32], start: [AliasTable])
    case prior(concentration: Double, contexts: Int)
    case excerpts(Excerpts)
  }

  /// The largest alphabet: an entry of an alias table has eight bits for a token.
  public static let largestAlphabet = 256
  /// The largest number of table entries, kernels · dⁿ⁺¹.
  public static let largestTable = 1 << 28

  /// - Throws: `SamplerError`, and `ChainError` where a stationary start has no unique law.
  public init(_ kernels: Kernels, start: Source.Start = .uniform) throws {
    self.start = start
    switch kernels {
    case .list(let list):
      guard let first = list.first else { throw SamplerError.noKernels }
      try Self.check(tokens: first.tokens, entries: list.count * first.probabilities.count)
      tokens = first.tokens
      parents = first.parents
      guard list.allSatisfy({ $0.tokens == first.tokens && $0.parents == first.parents }) else {
        throw SamplerError.mixedKernels
      }
      let alias = list.flatMap { AliasTable.packed($0.probabilities, outcomes: $0.tokens) }
      let laws = start == .uniform ? [] : try Kernel.stationaryLaws(list)
      drawn = .list(count: list.count, alias: alias, start: laws.map { AliasTable($0.probabilities) })
    case .prior(let concentration, let tokens, let parents):
      guard Prior.concentrations.contains(concentration) else {
        throw PriorError.concentration(concentration)
      }
      let contexts = try Kernel.contexts(tokens: tokens, parents: parents)
      try Self.check(tokens: tokens, entries: Self.block * contexts * tokens)
      self.tokens = tokens
      self.parents = parents
      drawn = .prior(concentration: concentration, contexts: contexts)
    case .excerpts(let excerpts):
      tokens = excerpts.tokens
      parents = []
      drawn = .excerpts(excerpts)
    }
  }

  /// As `Source` describes it, from its list of kernels.
  public init(_ source: Source) throws { try self.init(.list(source.kernels), start: source.start) }

  private static func check(tokens: Int, entries: Int) throws {
    guard tokens <= largestAlphabet else { throw SamplerError.alphabet(tokens) }
    guard entries <= largestTable else { throw SamplerError.tableTooLarge(entries: entries) }
  }

  /// Sequences that the sampler draws together.
  public static let block = 32

  /// `count` sequences of `length` tokens, L + 1.
  public func sample(count: Int, length: Int, seed: UInt64, place: DrawPlace) throws -> TokenSequences {
    var sequences = TokenSequences(count: count, length: length, tokens: tokens)
    try sequences.withUnsafeMutableTokens {
      try sample(into: $0, length: length, rows: 0..<count, seed: seed, place: place)
    }
    return sequences
  }

  /// Fills some rows of a batch; from several threads, as long as the rows differ.
  ///
  /// - Throws: `ChainError` where a kernel drawn from the prior has no unique stationary law to start from;
  ///   `SamplerError.excerptsTooShort`.
  package func sample(
    into tokens: UnsafeMutableBufferPointer<UInt16>, length: Int, rows: Range<Int>, seed: UInt64,
    place: DrawPlace
  ) throws {
    switch drawn {
    case .list(let count, let alias, let laws):
      var choices = Array(repeating: UInt32(0), count: rows.count)
      for row in rows where count > 1 || start == .stationary {
        var generator = CounterGenerator(seed: seed, place: place.drawing(.choice), number: UInt32(row))
        let kernel = generator.below(count)
        choices[row - rows.lowerBound] = UInt32(kernel)
        if start == .stationary {
          write(laws[kernel].draw(&generator), to: tokens, row: row, length: length)
        }
      }
      walk(alias, choices, into: tokens, length: length, rows: rows, seed: seed, place: place)
    case .prior(let concentration, let contexts):
      let choices = (0..<UInt32(Self.block)).map { $0 }
      for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.block) {
        let part = first..<min(first + Self.block, rows.upperBound)
        let probabilities = kernels(concentration, contexts, rows: part, seed: seed, place: place)
        if start == .stationary {
          for row in part {
            var generator = CounterGenerator(seed: seed, place: place.drawing(.start), number: UInt32(row))
            let kernel = kernel(row - first, of: probabilities, contexts)
            let law = AliasTable(try kernel.stationaryLaw().probabilities)
            write(law.draw(&generator), to: tokens, row: row, length: length)
          }
        }
        let alias = AliasTable.packed(probabilities, outcomes: self.tokens)
        walk(alias, choices, into: tokens, length: length, rows: part, seed: seed, place: place)
      }
    case .excerpts(let excerpts):
      guard length <= excerpts.length else {
        throw SamplerError.excerptsTooShort(length: length, most: excerpts.length)
      }
      for row in rows {
        var generator = CounterGenerator(seed: seed, place: place.drawing(.choice), number: UInt32(row))
        let window = excerpts.window(generator.below(excerpts.count)).suffix(length)
        for (offset, token) in window.enumerated() { tokens[row * length + offset] = token }
      }
    }
  }

  /// The kernels that the sequences of a batch follow, for the laws and estimators that a test compares with.
  public func kernel(ofSequence row: Int, seed: UInt64, place: DrawPlace, list: [Kernel] = []) -> Kernel? {
    switch drawn {
    case .list(let count, _, _):
      var generator = CounterGenerator(seed: seed, place: place.drawing(.choice), number: UInt32(row))
      let choice = count > 1 ? generator.below(count) : 0
      return list.indices.contains(choice) ? list[choice] : nil
    case .prior(let concentration, let contexts):
      let probabilities = kernels(concentration, contexts, rows: row..<row + 1, seed: seed, place: place)
      return kernel(0, of: probabilities, contexts)
    case .excerpts: return nil
    }
  }

  /// [row][context][token], from the prior.
  private func kernels(
    _ concentration: Double, _ contexts: Int, rows: Range<Int>, seed: UInt64, place: DrawPlace
  ) -> [Double] {
    let size = rows.count * contexts * tokens
    return Array(unsafeUninitializedCapacity: size) { probabilities, count in
      count = size
      guard let target = probabilities.baseAddress else { return }
      let draw = trainer_draw(
        seed: seed, step: place.drawing(.kernel).word, first: UInt32(truncatingIfNeeded: rows.lowerBound))
      trainer_dirichlet(draw, concentration, Int32(tokens), Int32(contexts), Int32(rows.count), target)
    }
  }

  private func kernel(_ index: Int, of probabilities: [Double], _ contexts: Int) -> Kernel {
    let size = contexts * tokens
    return Kernel(
      unchecked: Array(probabilities[index * size..<(index + 1) * size]), tokens: tokens, parents: parents)
  }

  private func walk(
    _ alias: [UInt32], _ choices: [UInt32], into tokens: UnsafeMutableBufferPointer<UInt16>, length: Int,
    rows: Range<Int>, seed: UInt64, place: DrawPlace
  ) {
    guard !rows.isEmpty, let base = tokens.baseAddress else { return }
    let lags = parents.map { Int32($0) }
    let contexts = (0..<parents.count).reduce(1) { size, _ in size * self.tokens }
    alias.withUnsafeBufferPointer { alias in
      lags.withUnsafeBufferPointer { lags in
        var chains = trainer_chains(
          tokens: Int32(self.tokens), parents: Int32(lags.count), lags: lags.baseAddress,
          contexts: Int32(contexts), alias: alias.baseAddress)
        let draw = trainer_draw(
          seed: seed, step: place.drawing(.tokens).word, first: UInt32(truncatingIfNeeded: rows.lowerBound))
        trainer_sample(
          &chains, draw, choices, Int32(rows.count), Int32(length), start == .stationary ? 1 : 0,
          base + rows.lowerBound * length)
      }
    }
  }

  /// A window index Σ_j x_{t−j} d^{j−1} as the first tokens of a row: its fastest digit is the latest token.
  private func write(
    _ window: Int, to tokens: UnsafeMutableBufferPointer<UInt16>, row: Int, length: Int
  ) {
    let longest = parents.last ?? 0
    var rest = window
    for position in (0..<longest).reversed() {
      if position < length { tokens[row * length + position] = UInt16(rest % self.tokens) }
      rest /= self.tokens
    }
  }
}

/// Chains that cannot be sampled.
public enum SamplerError: Error, Hashable {
  case noKernels
  case mixedKernels
  case alphabet(Int)
  case tableTooLarge(entries: Int)
  case excerptsTooShort(length: Int, most: Int)
}

extension SamplerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noKernels: "there is no kernel to sample from; at least one is needed"
    case .mixedKernels: "kernels of different alphabets or parents cannot be mixed in one list"
    case .alphabet(let tokens):
      "an alphabet of \(tokens) cannot be sampled; at most \(ChainSampler.largestAlphabet) tokens"
    case .excerptsTooShort(let length, let most):
      "sequences of \(length) tokens cannot be cut from excerpts of \(most)"
    case .tableTooLarge(let entries):
      "the kernels have \(entries) entries, more than \(ChainSampler.largestTable): use fewer kernels or parents"
    }
  }
}
