import MarkovChains
import TestSupport
import Testing

/// GIH(S) and counts on lags against what their definitions say, position by position.
@Suite struct InductionHeadTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let tokens: Int
    let context: Int
    let window: Int
    let lags: [Int]
    var testDescription: String { "d=\(tokens) L=\(context) W=\(window) lags \(lags)" }
  }

  static let cases = [
    Case(tokens: 3, context: 100, window: 3, lags: [1, 2, 3]),
    Case(tokens: 2, context: 64, window: 0, lags: [1, 2, 5]),
    Case(tokens: 2, context: 65, window: 63, lags: [1, 63, 64]),
    Case(tokens: 2, context: 200, window: 64, lags: [2, 65, 130]),
    Case(tokens: 2, context: 128, window: 0, lags: [64, 127, 128, 129, 400]),
    Case(tokens: 60, context: 300, window: 4, lags: [1, 4]),
    Case(tokens: 60, context: 1000, window: 0, lags: [3, 7]),
    Case(tokens: 5, context: 1, window: 0, lags: [1, 2]),
    Case(tokens: 4, context: 7, window: 9, lags: [1]),
    Case(tokens: 3, context: 63, window: 62, lags: [1, 61]),
  ]

  @Test(arguments: Self.cases)
  func manySetsAgreeWithTheDefinition(_ `case`: Case) throws {
    let seed: UInt64 = 9
    var generator = SeededGenerator(seed: seed)
    let (d, length, window) = (`case`.tokens, `case`.context + 1, `case`.window)
    // More than one task has, so that threads share them.
    let rows = (0..<70).map { _ in (0..<length).map { _ in generator.integer(0...d - 1) } }
    let sets = LagSet.all(window: `case`.lags.count, largest: 3)
      .map { set in LagSet(set.members.map { `case`.lags[$0 - 1] }) }
    let sequences = try TokenSequences(rows, tokens: d)
    let found = InContextEstimator.inductionHeads(sets, window: window, on: sequences, threads: 2)
    #expect(found == InContextEstimator.inductionHeads(sets, window: window, on: sequences, threads: 1))
    #expect(found.map(\.count) == sets.map { _ in rows.count })
    for (set, predictions) in zip(sets, found) {
      for (row, prediction) in zip(rows, predictions) {
        let context = Array(row.dropLast())
        let expected = inductionHead(set, window, context, d)
        #expect(zip(prediction, expected).allSatisfy { abs($0 - $1) < 1e-15 }, "\(set) seed \(seed)")
        let alone = InContextEstimator.inductionHead(set, window: window)
          .prediction(after: context, tokens: d)
        #expect(alone == Array(prediction))
        let counted = InContextEstimator.lags(set, smoothing: 0.5).prediction(after: context, tokens: d)
        let counts = frequencies(set, from: set.members.last ?? 0, context, d)
        let total = counts.reduce(0, +) + 0.5 * Double(d)
        #expect(zip(counted, counts).allSatisfy { abs($0 - ($1 + 0.5) / total) < 1e-15 })
      }
    }
  }

  private func inductionHead(_ set: LagSet, _ window: Int, _ x: [Int], _ d: Int) -> [Double] {
    for counts in [frequencies(set, from: window, x, d), frequencies(.empty, from: window, x, d)] {
      let total = counts.reduce(0, +)
      if total > 0 { return counts.map { $0 / total } }
    }
    return Array(repeating: 1 / Double(d), count: d)
  }

  /// Of x_l over l > `first` with x_{l−s} = x_{L+1−s} for all s ∈ S.
  private func frequencies(_ set: LagSet, from first: Int, _ x: [Int], _ d: Int) -> [Double] {
    var counts = Array(repeating: 0.0, count: d)
    for l in 1...x.count where l > first {
      let matches = set.members.allSatisfy { s in l - s >= 1 && x[l - s - 1] == x[x.count - s] }
      if matches { counts[x[l - 1]] += 1 }
    }
    return counts
  }
}
