/// GIH(S) of several sets at once, on one sequence after another.
struct InductionHeads {
  private let window: Int
  private var matches: LagMatches
  /// The number of ∅, whose matches are all keys.
  private let all: Int
  private let tokens: Int
  private var counts: [Int]

  init(_ sets: [LagSet], window: Int, tokens: Int) {
    self.window = window
    self.tokens = tokens
    matches = LagMatches(of: sets + [.empty], tokens: tokens)
    all = sets.count
    counts = Array(repeating: 0, count: tokens)
  }

  /// Appends every set's prediction after x_1...x_L to its own list.
  mutating func predict(
    after sequence: some Collection<some BinaryInteger>, appendingTo laws: inout [[Double]]
  ) {
    matches.read(sequence)
    let mean = frequencies(all) ?? Array(repeating: 1 / Double(tokens), count: tokens)
    for set in 0..<all { laws[set] += frequencies(set) ?? mean }
  }

  /// Of the tokens at the keys where a set matches; nil where it does nowhere.
  private mutating func frequencies(_ set: Int) -> [Double]? {
    for token in counts.indices { counts[token] = 0 }
    matches.count(set, from: window, into: &counts)
    let total = counts.reduce(0, +)
    return total > 0 ? counts.map { Double($0) / Double(total) } : nil
  }
}

extension InContextEstimator {
  /// What `inductionHead` predicts of each sequence's last token from those before it, for many sets.
  ///
  /// The same for any number of threads. O(L + (lags + Σ_S |S|) L/64 + matches) a sequence.
  ///
  /// - Parameter window: keys are the positions l = window + 1...L.
  /// - Returns: One for each set.
  public static func inductionHeads(
    _ sets: [LagSet], window: Int, on sequences: TokenSequences, threads: Int
  ) -> [Predictions] {
    let chunk = 64
    let chunks = (sequences.count + chunk - 1) / chunk
    let parts = Concurrent.map(chunks, threads: threads) { (part) throws(Never) -> [[Double]] in
      var heads = InductionHeads(sets, window: window, tokens: sequences.tokens)
      var laws = sets.map { _ in [Double]() }
      for row in part * chunk..<min((part + 1) * chunk, sequences.count) {
        heads.predict(after: sequences[row].dropLast(), appendingTo: &laws)
      }
      return laws
    }
    return sets.indices.map { set in
      Predictions(values: parts.flatMap { $0[set] }, tokens: sequences.tokens)
    }
  }
}
