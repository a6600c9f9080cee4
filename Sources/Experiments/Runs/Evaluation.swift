import InductionModel
import Theory

/// Loss, gradient and prediction at one point, as `inflow evaluate` prints them.
public struct Evaluation {
  public let json: JSON

  /// - Parameters:
  ///   - parameters: nil for the configuration's start.
  ///   - sequences: nil for the configuration's.
  /// - Throws: `ConfigurationError`, `ChainError`; `TheoryError` where the loss is not finite.
  public init(
    _ experiment: Experiment, at parameters: InputFile? = nil, level: TheoryLevel? = nil,
    sequences: InputFile? = nil, threads: Int
  ) throws {
    let theory = experiment.configuration.theory
    let level = level ?? theory.level
    let point = try parameters?.parameters(experiment.model) ?? experiment.start
    let loss = try experiment.loss(
      level, sequences: sequences.map { .file($0) } ?? theory.sequences, threads: threads)
    let (value, gradient) = try loss.function.evaluate(point)
    json = .object([
      "level": .string(level.rawValue), "loss": .number(value),
      "gradient": gradient.json(as: experiment.model),
      "prediction": try loss.prediction(point),
    ])
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
