import MarkovChains

/// What the tasks of a pass leave beside gradients: the sum of their losses, added in the order of the tasks, and what
/// is wanted of every sequence.
final class PassResults: @unchecked Sendable {
  let outputs: BatchOutputs
  private let sequences: Int
  private let tokens: Int
  private let totals: Buffer<Double>  // [task]
  private let losses: Buffer<Double>?  // [sequence]
  private let predictions: Buffer<Double>?  // [sequence][token]

  init(_ outputs: BatchOutputs, tasks: Int, sequences: Int, tokens: Int) {
    self.outputs = outputs
    self.sequences = sequences
    self.tokens = tokens
    totals = Buffer(tasks, zero: 0)
    losses = outputs.contains(.losses) ? Buffer(sequences, zero: 0) : nil
    predictions = outputs.contains(.predictions) ? Buffer(sequences * tokens, zero: 0) : nil
  }

  /// Whether anything is wanted of every sequence.
  var wantsSequences: Bool { losses != nil || predictions != nil }

  // From several threads, as long as the tasks and sequences differ.

  func set(task: Int, loss: Double) { totals.start[task] = loss }

  /// Keeps what is wanted of a sequence; `y` is asked for predictions only.
  @inline(__always)
  func set(sequence: Int, loss: Double, y: (_ token: Int) -> Double) {
    if let losses { losses.start[sequence] = loss }
    if let predictions {
      let row = predictions.start + sequence * tokens
      for token in 0..<tokens { row[token] = y(token) }
    }
  }

  /// - Parameter gradient: called when the gradient is wanted.
  func values(gradient: () -> [Double]) -> BatchValues {
    BatchValues(
      loss: (0..<totals.count).reduce(0) { $0 + totals.start[$1] } / Double(sequences),
      gradient: outputs.contains(.gradient) ? gradient() : [], losses: losses?.elements ?? [],
      predictions: Predictions(values: predictions?.elements ?? [], tokens: tokens))
  }
}
