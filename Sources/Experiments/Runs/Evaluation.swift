import Flows
import InductionModel
import Theory
import Transformer

/// Loss, gradient and prediction at one point, as `inflow evaluate` prints them.
public struct Evaluation {
  /// Which of the two independent derivations of the finite-context loss evaluates it.
  public enum Engine: String, CaseIterable, Sendable {
    /// The symbolic one, for every level.
    case theory
    /// The trainer's own forward and backward pass, for the finite-context level.
    case transformer
  }

  public let json: JSON

  /// - Parameters:
  ///   - parameters: nil for the configuration's start.
  ///   - level: nil for the configuration's, and for the finite context that a model without theory has.
  ///   - sequences: nil for the configuration's.
  ///   - engine: nil for the theory where it is the model's own, else for the trainer.
  /// - Throws: `ConfigurationError`, `ChainError`; `TheoryError` where the loss is not finite.
  public init(
    _ experiment: Experiment, at parameters: InputFile? = nil, level: TheoryLevel? = nil,
    sequences: InputFile? = nil, with engine: Engine? = nil, threads: Int
  ) throws {
    let (theory, architecture) = (experiment.configuration.theory, experiment.configuration.architecture)
    let isOwn = architecture.definition.theory == .own
    let engine = engine ?? (isOwn ? .theory : .transformer)
    guard isOwn || engine == .transformer else {
      throw ConfigurationError(
        .conflict, at: .configuration, keyPath: "model.architecture",
        found: "\(architecture.name) --with theory",
        allowed: "the transformer: the theory is that of the disentangled model",
        suggestion: "--with transformer, or --set model.architecture=\(Architectures.standard.name)")
    }
    let level = level ?? (isOwn ? theory.level : .finiteContext)
    let point =
      try parameters?.parameters(architecture, experiment.model) ?? experiment.trainingStart
    if let sequences, level.definition.average != .sequences {
      throw ConfigurationError(
        .conflict, at: .input(sequences), keyPath: "", found: "sequences beside level \(level.rawValue)",
        allowed: "sequences only at level finite-context", suggestion: "--level finite-context")
    }
    let sequences = sequences.map { SequencesConfiguration.file($0) } ?? theory.sequences
    var found: (loss: Double, gradient: [Double], prediction: JSON, range: JSON?)
    switch engine {
    case .theory:
      let loss = try experiment.loss(level, sequences: sequences, threads: threads)
      // First, so that its memory is free again when the loss takes its own.
      let parameters = Parameters(flat: point, model: experiment.model)
      let predictions = try loss.predictions(parameters)
      let (value, gradient) = try loss.evaluate(parameters)
      found = (value, gradient.flat, predictions.json, try loss.range?.json(at: point))
    case .transformer:
      guard level == .finiteContext else {
        throw ConfigurationError(
          .conflict, at: .configuration, keyPath: "theory.level", found: level.rawValue,
          allowed: "finite-context, the one level that the transformer has beside the theory",
          suggestion: "--level finite-context")
      }
      let result = try experiment.trained(at: point, on: sequences, threads: threads)
      found = (result.loss, result.gradient, .array(result.predictions.map { .numbers($0) }), nil)
    }
    json = .object(
      [
        ("level", .string(level.rawValue)), ("loss", .number(found.loss)),
        ("gradient", experiment.trainable.space.json(found.gradient)), ("prediction", found.prediction),
      ] + (found.range.map { [("range", $0)] } ?? []))
  }
}

extension LevelPredictions {
  /// Nested lists, the last axis innermost.
  fileprivate var json: JSON { Self.json(values[...], shape[...]) }

  private static func json(_ values: ArraySlice<Double>, _ shape: ArraySlice<Int>) -> JSON {
    let inner = shape.dropFirst()
    guard !inner.isEmpty else { return .numbers(Array(values)) }
    let size = inner.reduce(1, *)
    return .array(
      stride(from: values.startIndex, to: values.endIndex, by: size).map {
        json(values[$0..<$0 + size], inner)
      })
  }
}

extension LossRange {
  fileprivate func json(at point: [Double]) throws -> JSON {
    let value = try value(at: point)
    return .object([
      "quantity": .string(name), "meaning": .string(meaning), "value": .number(value),
      "bound": .number(bound),
      "holds": .boolean(value <= bound),
    ])
  }
}

extension Experiment {
  /// The trainer's own forward and backward pass.
  ///
  /// - Throws: as the theory does where the loss is not finite.
  fileprivate func trained(at point: [Double], on sequences: SequencesConfiguration, threads: Int) throws
    -> SequenceEvaluation
  {
    let set = try resolved(sequences, shortest: trainable.shortestSequence)
    let result = try trainable.evaluate(
      point, on: set.sequences, weights: set.weights, pool: WorkerPool(threads: threads))
    guard result.loss.isFinite, result.gradient.allSatisfy(\.isFinite) else {
      let epsilon = configuration.loss.epsilon
      let isNegative = zip(result.predictions, set.sequences).contains { prediction, sequence in
        sequence.last.map { prediction[$0] + epsilon < 0 } ?? false
      }
      if isNegative { throw TheoryError.negativePrediction(epsilon: epsilon) }
      throw result.loss == .infinity ? TheoryError.infiniteLoss(epsilon: epsilon) : TheoryError.notFinite
    }
    return result
  }
}
