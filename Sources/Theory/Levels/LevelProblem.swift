import InductionModel
import MarkovChains

/// What a level of theory is asked about: the model, and a source whose numbers are read by the level that needs them.
public struct LevelProblem {
  public var model: ModelDefinition
  public var loss: Loss
  /// Of an expansion in a, at least 1.
  public var order: Int
  /// In place of the variant's.
  public var parts: DefinitionParts?
  /// The laws on windows of the model's reach.
  public var laws: () throws -> WindowLaws
  public var sequences: () throws -> WeightedSequences
  /// Results do not depend on it.
  public var threads: Int
  /// Bytes that arrays may take.
  public var memoryLimit: Int

  public init(
    model: ModelDefinition, loss: Loss, order: Int = 1, parts: DefinitionParts? = nil,
    laws: @escaping () throws -> WindowLaws, sequences: @escaping () throws -> WeightedSequences,
    threads: Int = 1, memoryLimit: Int = .max
  ) {
    (self.model, self.loss, self.order, self.parts) = (model, loss, order, parts)
    (self.laws, self.sequences) = (laws, sequences)
    (self.threads, self.memoryLimit) = (threads, memoryLimit)
  }
}

/// A set of sequences of one length.
public struct WeightedSequences: Sendable {
  /// x_1...x_{L+1}.
  public let sequences: [[Int]]
  /// Of each in the mean; nil for equal weights.
  public let weights: [Double]?

  public init(_ sequences: [[Int]], weights: [Double]? = nil) {
    (self.sequences, self.weights) = (sequences, weights)
  }
}
