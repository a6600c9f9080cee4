import InductionModel
import SymbolicTensors

/// The loss of a model at one level of theory, with its derived gradient.
///
/// Not thread-safe: one evaluation at a time.
public protocol LossFunction: AnyObject {
  var model: ModelDefinition { get }

  /// The gradient at a point, written over `gradient`; both in the layout of `Parameters.flat`.
  ///
  /// Values may come out non-finite; `evaluate(_:)` turns that into an error.
  func gradient(_ parameters: [Double], into gradient: inout [Double])

  /// The loss alone.
  ///
  /// - Throws: `TheoryError` for lack of memory; a non-finite value is no error here.
  func value(_ parameters: [Double]) throws -> Double

  /// The Hessian's product with a direction, written over `product`.
  ///
  /// - Throws: `TheoryError` for lack of memory.
  func hessianProduct(_ parameters: [Double], along direction: [Double], product: inout [Double]) throws

  /// The second derivatives by some components of the flat vector, row-major, symmetric.
  ///
  /// - Throws: `TheoryError` for lack of memory.
  func hessian(_ parameters: [Double], components: [Int]) throws -> [Double]

  /// What the gradient flow of the loss conserves by algebra; groups as in `ModelDefinition.symmetryGroups`.
  ///
  /// A loss that has no expression at hand leaves this to `conservedSums`, which tries numbers as well.
  var provenSums: [ConservedSum] { get }

  /// Where the level holds; nil for one that is exact, be it in a limit.
  var range: LevelRange? { get }

  /// What a non-finite loss means at this level.
  func explainNonFinite(_ parameters: Parameters) -> TheoryError
}

extension LossFunction {
  public var range: LevelRange? { nil }

  /// Loss and gradient at a point.
  ///
  /// - Throws: `TheoryError` where the loss is not finite.
  public func evaluate(_ parameters: Parameters) throws -> (loss: Double, gradient: Parameters) {
    var gradient = [Double](repeating: 0, count: model.parameterCount)
    self.gradient(parameters.flat, into: &gradient)
    let loss = try value(parameters.flat)
    guard loss.isFinite, gradient.allSatisfy(\.isFinite) else { throw explainNonFinite(parameters) }
    return (loss, Parameters(flat: gradient, model: model))
  }

  public func hessian(_ parameters: [Double], components: [Int]) throws -> [Double] {
    try hessianByProducts(parameters, components: components)
  }

  /// One Hessian product per component.
  package func hessianByProducts(_ parameters: [Double], components: [Int]) throws -> [Double] {
    var product = [Double](repeating: 0, count: parameters.count)
    var direction = product
    var hessian: [Double] = []
    for component in components {
      direction[component] = 1
      try hessianProduct(parameters, along: direction, product: &product)
      direction[component] = 0
      hessian += components.map { product[$0] }
    }
    return hessian
  }
}

/// Why theory cannot say something.
public enum TheoryError: Error, Equatable {
  /// Tables or arrays beyond the memory that may be taken.
  case tooLarge(bytes: Int, limit: Int)
  /// The limits of the process leave no room to multiply matrices in; bytes.
  case noRoom(needed: Int, room: Int)
  /// −log(0): a next token does not occur in its context, or not at all.
  case infiniteLoss(epsilon: Double)
  /// exp(a q) left the range of doubles.
  case overflow(scale: Double)
  /// The linear second layer's prediction left the simplex.
  case negativePrediction(epsilon: Double)
  case notFinite
  /// The loss has no power series in a.
  case noExpansion
  /// A sequence that the model cannot read.
  case shortSequence(length: Int, shortest: Int)
  case unequalSequences(length: Int, expected: Int, position: Int)
  case noSequences
  /// More sequences than fit one system of tensors.
  case tooManySequences(count: Int, most: Int)
  case token(Int, sequence: Int, position: Int, tokens: Int)
}
