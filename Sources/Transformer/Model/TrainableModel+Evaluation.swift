import MarkovChains

extension TrainableModel {
  /// Loss, gradient and predictions at one point on the given sequences, whose lengths may differ.
  ///
  /// - Parameters:
  ///   - sequences: x_1...x_{L+1}, [sequence][L + 1].
  ///   - weights: of each sequence in the mean; by default all the same.
  /// - Throws: `SequenceError` naming the sequence that the model cannot take.
  public func evaluate(
    _ parameters: [Double], on sequences: [[Int]], weights: [Double]? = nil, pool: WorkerPool = WorkerPool()
  ) throws -> SequenceEvaluation {
    guard !sequences.isEmpty else { throw SequenceError.empty }
    for (row, sequence) in sequences.enumerated() {
      guard sequence.count >= shortestSequence else {
        throw SequenceError.tooShort(sequence: row, length: sequence.count, required: shortestSequence)
      }
      if let wrong = sequence.firstIndex(where: { !(0..<tokens).contains($0) }) {
        throw SequenceError.tokenOutOfRange(
          sequence: row, position: wrong + 1, token: sequence[wrong], tokens: tokens)
      }
    }
    let weights = weights ?? Array(repeating: 1 / Double(sequences.count), count: sequences.count)
    var loss = 0.0
    var gradient = Array(repeating: 0.0, count: parameterCount)
    var predictions = Array(repeating: [Double](), count: sequences.count)
    let evaluator = evaluator(precision: .double, pool: pool)
    // A batch is the plain mean over sequences of one length: one for each length and weight.
    let groups = Dictionary(grouping: sequences.indices) {
      SequenceGroup(length: sequences[$0].count, weight: weights[$0])
    }
    for (group, rows) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
      let batch = try evaluator.prepare(
        TokenSequences(rows.map { sequences[$0] }, tokens: tokens), for: .many)
      let values = batch.evaluate(at: parameters, [.gradient, .predictions])
      let share = group.weight * Double(rows.count)
      loss += share * values.loss
      for entry in gradient.indices { gradient[entry] += share * values.gradient[entry] }
      for (row, prediction) in zip(rows, values.predictions) { predictions[row] = Array(prediction) }
    }
    return SequenceEvaluation(loss: loss, gradient: gradient, predictions: predictions)
  }
}

private struct SequenceGroup: Hashable {
  let length: Int
  let weight: Double
}

/// What a model gives on sequences at one point.
public struct SequenceEvaluation: Sendable {
  /// The weighted mean over the sequences.
  public let loss: Double
  /// In the order of the model's parameter space.
  public let gradient: [Double]
  /// y, [sequence][token].
  public let predictions: [[Double]]
}

/// A model and something else that do not belong together.
public enum ModelMismatch: Error, Equatable {
  case alphabet(sequences: Int, model: Int)
}

extension ModelMismatch: CustomStringConvertible {
  public var description: String {
    switch self {
    case .alphabet(let sequences, let model):
      "the sequences have an alphabet of \(sequences), the model one of \(model)"
    }
  }
}
