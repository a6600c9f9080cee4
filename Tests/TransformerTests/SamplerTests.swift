import Foundation
import MarkovChains
import Testing

@Suite struct SamplerTests {
  /// The known answers that come with Random123.
  @Test func philoxGivesItsKnownAnswers() {
    let zeros = CounterGenerator.block((0, 0, 0, 0), key: 0)
    #expect(zeros == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = CounterGenerator.block((.max, .max, .max, .max), key: .max)
    #expect(ones == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let digits = CounterGenerator.block(
      (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: 0x299f_31d0_a409_3822)
    #expect(digits == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test(arguments: [[1], [1, 2], [1, 3], [2, 3, 5], [1, 2, 3, 4], [9]], [2, 3, 10])
  func anyPartOfABatchIsTheSame(parents: [Int], tokens: Int) throws {
    let kernels = try Prior(concentration: 0.5, kernels: 5, seed: 1).draw(
      tokens: tokens, parents: parents.count > 3 && tokens > 3 ? [1, 3] : parents)
    let sampler = try ChainSampler(.list(kernels))
    let place = DrawPlace(.training, step: 7)
    let whole = try sampler.sample(count: 75, length: 43, seed: 11, place: place)
    var parts = TokenSequences(count: 75, length: 43, tokens: tokens)
    try parts.withUnsafeMutableTokens { buffer in
      for rows in [40..<75, 0..<3, 3..<40] {
        try sampler.sample(into: buffer, length: 43, rows: rows, seed: 11, place: place)
      }
    }
    #expect(parts == whole)
    #expect(try sampler.sample(count: 75, length: 43, seed: 12, place: place) != whole)
    #expect(try sampler.sample(count: 75, length: 43, seed: 11, place: DrawPlace(.heldOut, step: 7)) != whole)
  }

  /// Transition frequencies against the kernel: Pearson's statistic within 5 standard deviations.
  @Test(arguments: [(3, [1, 2]), (4, [2]), (2, [1, 3, 6]), (10, [1, 3]), (3, [1, 2, 3, 4])])
  func transitionsFollowTheKernel(tokens: Int, parents: [Int]) throws {
    let kernel = try Prior(concentration: 1, kernels: 1, seed: 3).draw(tokens: tokens, parents: parents)[0]
    let sequences = try ChainSampler(.list([kernel])).sample(
      count: 500, length: 801, seed: 5, place: DrawPlace(.training))
    let longest = parents.last ?? 0
    var counts = Array(repeating: 0.0, count: kernel.probabilities.count)
    for row in 0..<sequences.count {
      let x = Array(sequences[row])
      for t in longest..<x.count {
        let context = parents.reversed().reduce(0) { $0 * tokens + Int(x[t - $1]) }
        counts[context * tokens + Int(x[t])] += 1
      }
    }
    var (statistic, freedom) = (0.0, 0.0)
    for context in 0..<kernel.contexts {
      let total = counts[context * tokens..<(context + 1) * tokens].reduce(0, +)
      for entry in context * tokens..<(context + 1) * tokens {
        let expected = total * kernel.probabilities[entry]
        guard expected > 5 else { continue }
        statistic += (counts[entry] - expected) * (counts[entry] - expected) / expected
        freedom += 1
      }
    }
    // Dropped cells and the rows' constraints only lower the expectation.
    #expect(statistic < freedom + 5 * (2 * freedom).squareRoot())
    #expect(statistic > freedom * Double(tokens - 1) / Double(tokens) - 6 * (2 * freedom).squareRoot())
  }

  /// The first window of a stationary start has the chain's stationary law, and so has every later one.
  @Test func stationaryStartIsStationary() throws {
    let kernels = try Prior(concentration: 0.7, kernels: 2, seed: 9).draw(tokens: 3, parents: [1, 2])
    let sequences = try ChainSampler(.list(kernels), start: .stationary).sample(
      count: 40_000, length: 12, seed: 2, place: DrawPlace(.heldOut))
    let laws = try Kernel.stationaryLaws(kernels)
    for end in [2, 12] {
      var frequency = Array(repeating: 0.0, count: 9)
      for row in 0..<sequences.count {
        let x = Array(sequences[row])
        frequency[Int(x[end - 1]) + 3 * Int(x[end - 2])] += 1 / 40_000
      }
      for window in 0..<9 {
        let expected = (laws[0].probabilities[window] + laws[1].probabilities[window]) / 2
        let error = (expected * (1 - expected) / 40_000).squareRoot()
        #expect(abs(frequency[window] - expected) < 5 * error, "window \(window) ending at \(end)")
      }
    }
  }

  /// Mean entropy of rows of Dirichlet(α·1_3): ψ(3α + 1) − ψ(α + 1).
  @Test(arguments: [(0.1, 0.25456), (1.0, 0.83333)])
  func rowsOfThePriorHaveItsEntropy(concentration: Double, entropy: Double) throws {
    let sampler = try ChainSampler(.prior(concentration: concentration, tokens: 3, parents: [1, 2]))
    var (sum, squares, rows) = (0.0, 0.0, 0.0)
    for sequence in 0..<2000 {
      let kernel = try #require(sampler.kernel(ofSequence: sequence, seed: 4, place: DrawPlace(.training)))
      for context in 0..<9 {
        let row = kernel.row(context).reduce(0) { $0 - ($1 > 0 ? $1 * log($1) : 0) }
        sum += row
        squares += row * row
        rows += 1
      }
    }
    let error = ((squares / rows - sum * sum / rows / rows) / rows).squareRoot()
    #expect(abs(sum / rows - entropy) < 5 * error)
  }

  @Test func sequencesOutsideTheAlphabetAreRefused() {
    #expect(throws: SequenceError.tokenOutOfRange(sequence: 1, position: 2, token: 3, tokens: 3)) {
      try TokenSequences([[0, 1, 2], [0, 3, 1]], tokens: 3)
    }
    #expect(throws: SequenceError.unequalLengths(sequence: 1, length: 2, expected: 3)) {
      try TokenSequences([[0, 1, 2], [0, 1]], tokens: 3)
    }
    #expect(throws: SequenceError.empty) { try TokenSequences([], tokens: 3) }
  }
}
