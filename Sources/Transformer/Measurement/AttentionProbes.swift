import InductionModel
import MarkovChains

/// Where the two layers look: on held-out sequences, and on repeated random tokens. Nothing of a model without attention.
struct AttentionProbes {
  private let heldOut: [Probe]
  private let repeated: [@Sendable (_ parameters: [Double]) -> SequenceAttention]
  private let period: Int
  private let sets: [HeadSet]
  private let pool: WorkerPool

  /// What is known of a held-out sequence before it is measured.
  private struct Probe {
    let attention: @Sendable (_ parameters: [Double]) -> SequenceAttention
    /// Positions that match on every set.
    let matches: LagMatches
  }

  /// Sequences that a mean is taken over.
  private static let count = 64

  init(_ model: any TrainableModel, sequences: TokenSequences, seed: UInt64, pool: WorkerPool) {
    self.pool = pool
    sets = model.matchingSets
    var matches = LagMatches(of: sets.map { LagSet($0.members) }, tokens: sequences.tokens)
    heldOut = (0..<min(Self.count, sequences.count)).compactMap { number in
      let x = sequences[number]
      guard let attention = model.attention(on: x) else { return nil }
      matches.read(x.dropLast())
      return Probe(attention: attention, matches: matches)
    }
    let period = max(1, (sequences.length - 1) / 2)
    self.period = period
    repeated = (0..<Self.count).compactMap { number in
      var generator = CounterGenerator(
        seed: seed, place: DrawPlace(.measurement), number: UInt32(number))
      let block = (0..<period).map { _ in UInt16(generator.below(sequences.tokens)) }
      return model.attention(on: (0..<sequences.length).map { block[$0 % period] }[...])
    }
  }

  func measure(at parameters: [Double]) -> [(name: String, value: Double)] {
    guard !heldOut.isEmpty else { return [] }
    let found = pool.map(tasks: heldOut.count) { task, _ in
      let attention = heldOut[task].attention(parameters)
      return (
        attention: attention,
        matching: sets.indices.map { heldOut[task].matches.mass(attention.keys, onSet: $0) }
      )
    }
    var matching = Array(repeating: 0.0, count: sets.count)
    let first = found[0].attention
    var lags = first.lags.map { $0.map { _ in 0.0 } }
    for one in found {
      for set in sets.indices { matching[set] += one.matching[set] }
      for (head, row) in one.attention.lags.enumerated() {
        for (lag, weight) in row.enumerated() { lags[head][lag] += weight }
      }
    }
    let count = Double(heldOut.count)
    var values = zip(sets, matching).map { (name: "match[\($0.label)]", value: $1 / count) }
    for (head, row) in lags.enumerated() {
      for (lag, weight) in row.enumerated() {
        values.append(("lag[\(head + 1) \(first.firstLag + lag)]", weight / count))
      }
    }
    values.append(("induction-score", inductionScore(at: parameters)))
    return values
  }

  /// Attention at offset 1 − period from the last token that is seen, the mean over repeated random tokens: it is on
  /// the token that followed this one a period ago.
  private func inductionScore(at parameters: [Double]) -> Double {
    let scores = pool.map(tasks: repeated.count) { task, _ in
      let keys = repeated[task](parameters).keys
      let position = keys.count - period
      return keys.indices.contains(position) ? keys[position] : 0
    }
    return scores.reduce(0, +) / Double(repeated.count)
  }
}
