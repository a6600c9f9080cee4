import Foundation
import MarkovChains
import TestSupport
import Testing

@Suite struct TextBlocksTests {
  private static let text: [[[[UInt16]]]] = [
    [[[0, 1, 0, 1, 1], [1, 0]], [[0, 0, 0]]], [[[1, 1, 1, 1]]],
  ]

  @Test func blocksAreFilesRecordsOrTokens() {
    func sizes(_ division: TextBlocks.Division) -> [[Int]] {
      TextBlocks(Self.text, division, heldOut: 0, tokens: 2).blocks.map { $0.map(\.tokens.count) }
    }
    #expect(sizes(.file) == [[5, 2, 3], [4]])
    #expect(sizes(.record) == [[5, 2], [3], [4]])
    // 10 and 4 tokens; what is left at the end joins the last block.
    #expect(sizes(.tokens(4)) == [[4], [1, 2, 3], [4]])
    #expect(sizes(.tokens(3)) == [[3], [2, 1], [1, 3], [4]])
    #expect(sizes(.tokens(100)) == [[5, 2, 3], [4]])
  }

  /// The last share of each block, over its stretches.
  @Test func endsAreHeldOut() {
    let blocks = TextBlocks(Self.text, .file, heldOut: 0.5, tokens: 2).blocks
    #expect(blocks.map { $0.map(\.trained) } == [[5, 0, 0], [2]])
    let few = TextBlocks(Self.text, .record, heldOut: 0.3, tokens: 2).blocks
    #expect(few.map { $0.map(\.trained) } == [[5, 0], [3], [3]])
  }

  /// No context reaches over a gap, and nothing that is held out counts.
  @Test func kernelsByHand() throws {
    let blocks = TextBlocks(Self.text, .file, heldOut: 0, tokens: 2)
    let kernels = try blocks.kernels(parents: [1], smoothing: 1)
    // 0 1 0 1 1 | 1 0 | 0 0 0: after 0 came 1, 1, 0, 0; after 1 came 0, 1, 0.
    #expect(kernels[0].rows == [[0.5, 0.5], [0.6, 0.4]])
    #expect(kernels[1].rows == [[0.5, 0.5], [0.2, 0.8]])
    let half = try TextBlocks(Self.text, .file, heldOut: 0.5, tokens: 2).kernels(parents: [1], smoothing: 1)
    #expect(half[0].rows == [[0.25, 0.75], [0.5, 0.5]])
  }

  @Test func heldOutTokensChooseTheParents() throws {
    let seed: UInt64 = 21
    var generator = SeededGenerator(seed: seed)
    let kernels = try Prior(concentration: 0.4, kernels: 3, seed: 9).draw(tokens: 3, parents: [1, 3])
    let texts = kernels.map { [[generator.sequence($0, length: 6000).map { UInt16($0) }]] }
    let blocks = TextBlocks(texts, .file, heldOut: 0.2, tokens: 3)
    let sets = LagSet.all(window: 4, largest: 3).filter { $0.count > 0 }
    let choice = try #require(try ParentChoice(of: blocks, among: sets, smoothing: 0.5))
    #expect(choice.best == LagSet([1, 3]), "seed \(seed): \(choice.candidates.prefix(3))")
    #expect(choice.tokens == 3 * 1200)
    #expect(choice.candidates.count == sets.count)
    let estimated = try blocks.kernels(parents: [1, 3], smoothing: 0.5)
    for (found, kernel) in zip(estimated, kernels) {
      let worst = zip(found.probabilities, kernel.probabilities).map { abs($0 - $1) }.max() ?? 1
      // The rarest contexts occur a few times only.
      #expect(worst < 0.2)
    }
    // Of one set, by hand: held-out 1 1 after 1 and 1 under the kernel of the first two tokens.
    let small = TextBlocks([[[[1, 1, 1, 1]]]], .file, heldOut: 0.5, tokens: 2)
    let only = try #require(try ParentChoice(of: small, among: [LagSet([1])], smoothing: 1))
    #expect(only.tokens == 2 && abs(only.candidates[0].logLikelihood - log(2.0 / 3)) < 1e-15)
    let none = TextBlocks([[[[1, 1, 1, 1]]]], .file, heldOut: 0, tokens: 2)
    #expect(try ParentChoice(of: none, among: [LagSet([1])], smoothing: 1) == nil)
  }

  /// Every window of the part, and no other, each about as often.
  @Test func excerptsAreTheWindowsOfTheText() throws {
    let text: [[[[UInt16]]]] = [[[[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [10, 11, 12, 13]]]]
    let blocks = TextBlocks(text, .file, heldOut: 0.5, tokens: 14)
    func windows(_ part: Excerpts.Part, length: Int) throws -> [Int: Int] {
      let sampler = try ChainSampler(.excerpts(Excerpts(blocks, part, length: length)))
      let drawn = try sampler.sample(count: 6000, length: length, seed: 1, place: DrawPlace(.heldOut))
      var counts: [Int: Int] = [:]
      for row in 0..<drawn.count {
        let window = drawn[row].map(Int.init)
        #expect(zip(window, window.dropFirst()).allSatisfy { $0 + 1 == $1 })
        counts[window[0], default: 0] += 1
      }
      return counts
    }
    // Seven tokens of fourteen are trained on: 0 to 6.
    let trained = try windows(.trained, length: 3)
    #expect(trained.keys.sorted() == [0, 1, 2, 3, 4])
    let heldOut = try windows(.heldOut, length: 3)
    #expect(heldOut.keys.sorted() == [5, 6, 7, 10, 11])
    for count in Array(trained.values) + Array(heldOut.values) { #expect(abs(count - 1200) < 200) }
    #expect(throws: ExcerptError(length: 8, longest: 7)) { try Excerpts(blocks, .trained, length: 8) }
    #expect(throws: ExcerptError(length: 11, longest: 10)) { try Excerpts(blocks, .heldOut, length: 11) }
  }
}
