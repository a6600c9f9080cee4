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
  ///   - sequences: nil for the configuration's.
  /// - Throws: `ConfigurationError`, `ChainError`; `TheoryError` where the loss is not finite.
  public init(
    _ experiment: Experiment, at parameters: InputFile? = nil, level: TheoryLevel? = nil,
    sequences: InputFile? = nil, with engine: Engine = .theory, threads: Int
  ) throws {
    let theory = experiment.configuration.theory
    let level = level ?? theory.level
    let point = try parameters?.parameters(experiment.model) ?? experiment.start
    if let sequences, level.definition.average != .sequences {
      throw ConfigurationError(
        .conflict, at: .input(sequences), keyPath: "", found: "sequences beside level \(level.rawValue)",
        allowed: "sequences only at level finite-context", suggestion: "--level finite-context")
    }
    let sequences = sequences.map { SequencesConfiguration.file($0) } ?? theory.sequences
    var found: (loss: Double, gradient: Parameters, prediction: JSON, range: JSON?)
    switch engine {
    case .theory:
      let loss = try experiment.loss(level, sequences: sequences, threads: threads)
      // First, so that its memory is free again when the loss takes its own.
      let predictions = try loss.predictions(point)
      let (value, gradient) = try loss.evaluate(point)
      found = (value, gradient, predictions.json, try loss.range?.json(at: point.flat))
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
        ("gradient", found.gradient.json(as: experiment.model)), ("prediction", found.prediction),
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
  fileprivate func trained(at point: Parameters, on sequences: SequencesConfiguration, threads: Int) throws
    -> DisentangledTransformer.Evaluation
  {
    let set = try resolved(sequences)
    let result = try DisentangledTransformer(model, loss: configuration.loss).evaluate(
      point, on: set.sequences, weights: set.weights, pool: WorkerPool(threads: threads))
    guard result.loss.isFinite, result.gradient.flat.allSatisfy(\.isFinite) else {
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

extension Parameters {
  /// In the shape of the parameters file.
  func json(as model: ModelDefinition) -> JSON {
    .object([
      "attention": .array(attention.map { .numbers($0) }),
      "coefficients": coefficients.json(by: model.sets),
      "scale": .number(scale),
    ])
  }
}

extension [Double] {
  /// One number per set of heads, under keys such as `[1 2]`.
  func json(by sets: [HeadSet]) -> JSON {
    .object(zip(sets, self).map { (key: "[\($0.label)]", value: .number($1)) })
  }
}
