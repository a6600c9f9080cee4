import Foundation
import InductionModel
import MarkovChains
import Numerics
import SymbolicTensors

/// L_∞ and its derived gradient.
public final class InfiniteContextLoss: LossFunction {
  public let model: ModelDefinition
  public let expressions: InfiniteContext
  private let loss: Loss
  private let planned: PlannedLoss
  private let threads: Int
  private let memoryLimit: Int
  private let laws: WindowLaws
  private let hasOwnParts: Bool
  /// nil where the chain rule through monomials does not apply, as to a definition with other parts.
  private lazy var monomialHessian =
    hasOwnParts
    ? nil
    : MonomialHessian(model: model, loss: loss, laws: laws, threads: threads, memoryLimit: memoryLimit)

  /// - Parameters:
  ///   - laws: on windows of `model.reach` tokens.
  ///   - parts: in place of the variant's.
  ///   - threads: results do not depend on it.
  ///   - memoryLimit: bytes that arrays may take.
  /// - Throws: `TheoryError.tooLarge`, before anything large is allocated.
  /// - Complexity: an evaluation costs about 4·N²·d·K operations, N = d^W windows, K kernels.
  public init(
    model: ModelDefinition, loss: Loss, laws: WindowLaws, parts: DefinitionParts? = nil, threads: Int = 1,
    memoryLimit: Int = .max
  ) throws {
    self.model = model
    self.loss = loss
    self.laws = laws
    hasOwnParts = parts != nil
    self.threads = threads
    self.memoryLimit = memoryLimit
    expressions = InfiniteContext(model: model, loss: loss, laws: laws, parts: parts)
    planned = try PlannedLoss(
      expressions.loss, model: expressions.model, lag: expressions.lag,
      coefficients: expressions.coefficients, threads: threads, memoryLimit: memoryLimit)
  }

  public func gradient(_ parameters: [Double], into gradient: inout [Double]) {
    for position in gradient.indices { gradient[position] = 0 }
    planned.gradient(parameters, addingTo: &gradient)
  }

  public func value(_ parameters: [Double]) throws -> Double { try planned.value(parameters) }

  public func hessianProduct(
    _ parameters: [Double], along direction: [Double], product: inout [Double]
  ) throws {
    for position in product.indices { product[position] = 0 }
    try planned.hessianProduct(parameters, along: direction, addingTo: &product)
  }

  /// - Complexity: through key monomials some ten gradients for all components together, where the variant has them
  ///   and enough components are asked for; else one Hessian product, some three gradients, for each.
  public func hessian(_ parameters: [Double], components: [Int]) throws -> [Double] {
    guard components.count > Self.fewComponents, let monomialHessian, try agrees(monomialHessian, parameters)
    else { return try hessianByProducts(parameters, components: components) }
    let whole = monomialHessian.hessian(parameters)
    return components.flatMap { row in components.map { whole[row * parameters.count + $0] } }
  }

  /// Whether the Hessian through monomials is the one that is derived: for a definition that it does not know it is not.
  private func agrees(_ hessian: MonomialHessian, _ parameters: [Double]) throws -> Bool {
    if let known = monomialHessianAgrees { return known }
    let whole = hessian.hessian(parameters)
    let direction = parameters.indices.map { 1 + 0.5 * sin(Double($0)) }
    var expected = direction
    try hessianProduct(parameters, along: direction, product: &expected)
    let scale = expected.map(abs).max() ?? 0
    // At a point where the loss is not finite nothing is learnt.
    guard scale.isFinite else { return true }
    let agrees = parameters.indices.allSatisfy { row in
      let found = parameters.indices.reduce(0) { $0 + whole[row * parameters.count + $1] * direction[$1] }
      return abs(found - expected[row]) <= 1e-8 * scale
    }
    monomialHessianAgrees = agrees
    return agrees
  }

  private var monomialHessianAgrees: Bool?

  /// Up to this many components their products are cheaper than the whole Hessian.
  private static let fewComponents = 20

  /// y(e|z) as `[kernel][query window][token]`.
  ///
  /// - Throws: `TheoryError` for lack of memory.
  public func prediction(_ parameters: Parameters) throws -> [[[Double]]] {
    try expressions.evaluate(
      expressions.prediction, at: parameters, threads: threads, memoryLimit: memoryLimit)
  }

  public var provenSums: [ConservedSum] { planned.conservedSums }

  public func explainNonFinite(_ parameters: Parameters) -> TheoryError {
    if abs(parameters.scale) > 700 { return .overflow(scale: parameters.scale) }
    if model.variant.secondLayer == .linear, loss.criterion == .crossEntropy {
      return .negativePrediction(epsilon: loss.epsilon)
    }
    return .notFinite
  }

  /// The loss expression evaluated directly in another precision: a reference that shares nothing with plans.
  package func directValue<Scalar: Real>(_ parameters: [Scalar]) -> Scalar {
    expressions.model.directValue(
      expressions.loss, parameters, coefficients: expressions.coefficients.mapValues { $0.map(Scalar.init) })
  }
}
