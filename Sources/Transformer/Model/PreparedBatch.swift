import MarkovChains

/// How often a batch is evaluated.
public enum BatchUse: Hashable, Sendable {
  /// As a step of training does. Preparing is cheap, and the memory serves the next batch once this one is let go.
  case once
  /// As measurements do: more work now, less at every evaluation.
  case many
}

/// What an evaluation finds beside the mean loss.
public struct BatchOutputs: OptionSet, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// ∂(mean loss)/∂θ.
  public static let gradient = BatchOutputs(rawValue: 1)
  /// The loss of every sequence.
  public static let losses = BatchOutputs(rawValue: 2)
  /// y of every sequence.
  public static let predictions = BatchOutputs(rawValue: 4)
}

/// What one pass over a batch found; empty where it was not asked for.
public struct BatchValues: Sendable {
  /// The mean over the sequences.
  public let loss: Double
  /// Over the arena.
  public let gradient: [Double]
  /// [sequence].
  public let losses: [Double]
  /// y.
  public let predictions: Predictions

  public init(loss: Double, gradient: [Double], losses: [Double], predictions: Predictions) {
    self.loss = loss
    self.gradient = gradient
    self.losses = losses
    self.predictions = predictions
  }
}

/// At least one sequence in the form that its evaluator reads, to be evaluated at any number of points.
///
/// Belongs to the evaluator's thread.
public struct PreparedBatch {
  /// Sequences.
  public let count: Int
  private let pass: (_ parameters: [Double], _ outputs: BatchOutputs) -> BatchValues

  /// - Parameter pass: finds what `evaluate` returns.
  public init(
    count: Int, pass: @escaping (_ parameters: [Double], _ outputs: BatchOutputs) -> BatchValues
  ) {
    self.count = count
    self.pass = pass
  }

  /// The mean loss at a point and what else is asked for, from one pass: forward, and backward for a gradient.
  public func evaluate(at parameters: [Double], _ outputs: BatchOutputs = []) -> BatchValues {
    pass(parameters, outputs)
  }
}
