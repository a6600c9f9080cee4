import InductionModel
import MarkovChains

/// Where the two layers look: on held-out sequences, and on repeated random tokens.
struct AttentionProbes {
  private let sequences: [[UInt16]]
  private let repeated: [[UInt16]]
  private let period: Int
  private let sets: [HeadSet]

  /// Sequences that a mean is taken over.
  private static let count = 64

  init(_ model: some TrainableModel, sequences: TokenSequences, seed: UInt64) {
    self.sequences = (0..<min(Self.count, sequences.count)).map { Array(sequences[$0]) }
    let period = max(1, (sequences.length - 1) / 2)
    self.period = period
    repeated = (0..<Self.count).map { number in
      var generator = CounterGenerator(
        seed: seed, place: DrawPlace(.measurement), number: UInt32(number))
      let block = (0..<period).map { _ in UInt16(generator.below(sequences.tokens)) }
      return (0..<sequences.length).map { block[$0 % period] }
    }
    sets = model.matchingSets
  }

  func measure(_ model: some TrainableModel, at parameters: [Double], pool: WorkerPool)
    -> [(name: String, value: Double)]
  {
    let found = pool.map(tasks: sequences.count) { task, _ in
      let attention = model.attention(at: parameters, on: sequences[task][...])
      return (lags: attention.lags, matching: sets.map { Self.mass(attention.keys, sequences[task], on: $0) })
    }
    var matching = Array(repeating: 0.0, count: sets.count)
    var lags = found.first?.lags.map { $0.map { _ in 0.0 } } ?? []
    for attention in found {
      for set in sets.indices { matching[set] += attention.matching[set] }
      for (head, row) in attention.lags.enumerated() {
        for (lag, weight) in row.enumerated() { lags[head][lag] += weight }
      }
    }
    let count = Double(sequences.count)
    var values = zip(sets, matching).map { (name: "match[\($0.label)]", value: $1 / count) }
    for (head, row) in lags.enumerated() {
      for (lag, weight) in row.enumerated() { values.append(("lag[\(head + 1) \(lag + 1)]", weight / count)) }
    }
    values.append(("induction-score", induction(model, at: parameters, pool)))
    return values
  }

  /// Second-layer attention on positions l with x_{l−s} = x_{L+1−s} for every s in the set.
  static func mass(_ keys: [Double], _ x: [UInt16], on set: HeadSet) -> Double {
    let (query, lags) = (x.count - 1, set.members)
    var mass = 0.0
    for position in stride(from: lags.last ?? 0, to: keys.count, by: 1)
    where lags.allSatisfy({ x[position - $0] == x[query - $0] }) {
      mass += keys[position]
    }
    return mass
  }

  /// Attention at offset 1 − period from the last token that is seen, the mean over repeated random tokens: it is on
  /// the token that followed this one a period ago.
  private func induction(_ model: some TrainableModel, at parameters: [Double], _ pool: WorkerPool)
    -> Double
  {
    let scores = pool.map(tasks: repeated.count) { task, _ in
      let keys = model.attention(at: parameters, on: repeated[task][...]).keys
      let position = keys.count - period
      return keys.indices.contains(position) ? keys[position] : 0
    }
    return scores.reduce(0, +) / Double(repeated.count)
  }
}
