import Flows
import InductionModel

/// The loss of the model at one level of theory, with all that is derived from it.
///
/// Not thread-safe: one evaluation at a time.
public protocol LevelLoss: LossFunction {
  var model: ModelDefinition { get }

  /// y at a point.
  ///
  /// - Throws: `TheoryError`; `PlanError` for lack of memory.
  func predictions(_ parameters: Parameters) throws -> LevelPredictions

  /// The loss, the steps of its derivation and the flow.
  ///
  /// - Throws: `TheoryError`.
  func derivation(_ request: DerivationRequest) throws -> Derivation
}

/// What a model predicts: distributions over the tokens, laid out as the level has them.
public struct LevelPredictions: Equatable, Sendable {
  /// The last axis is the next token; before it the sequences, or kernels and query windows.
  public let shape: [Int]
  /// Row-major.
  public let values: [Double]

  public init(shape: [Int], values: [Double]) {
    precondition(shape.reduce(1, *) == values.count, "as many numbers as the shape says")
    (self.shape, self.values) = (shape, values)
  }

  /// A distribution over the next token, by its position among all.
  public func row(_ position: Int) -> [Double] {
    let tokens = shape.last ?? 1
    return Array(values[position * tokens..<(position + 1) * tokens])
  }
}

extension LevelLoss {
  /// Loss and gradient at a point.
  ///
  /// - Throws: `TheoryError` where the loss is not finite; `PlanError`.
  public func evaluate(_ parameters: Parameters) throws -> (loss: Double, gradient: Parameters) {
    let (loss, gradient) = try evaluate(parameters.flat)
    return (loss, Parameters(flat: gradient, model: model))
  }
}
