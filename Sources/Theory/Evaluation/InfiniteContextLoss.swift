import Flows
import Foundation
import InductionModel
import MarkovChains
import Numerics
import SymbolicTensors

/// L_∞ and its derived gradient.
public final class InfiniteContextLoss: PlannedLoss, LevelLoss {
  public let expressions: InfiniteContext
  private let laws: WindowLaws
  /// nil where the chain rule through monomials does not apply, as to a definition with other parts.
  private lazy var monomialHessian = MonomialHessian(expressions, laws: laws, resources)

  /// - Parameters:
  ///   - laws: on windows of `model.reach` tokens.
  ///   - parts: in place of the variant's.
  ///   - threads: results do not depend on it.
  ///   - memoryLimit: bytes that arrays may take.
  /// - Throws: `PlanError.tooLarge`, before anything large is allocated.
  /// - Complexity: an evaluation costs about 4·N²·d·K operations, N = d^W windows, K kernels.
  public init(
    model: ModelDefinition, loss: Loss, laws: WindowLaws, parts: DefinitionParts? = nil, threads: Int = 1,
    memoryLimit: Int = .max
  ) throws {
    self.laws = laws
    expressions = InfiniteContext(model: model, loss: loss, laws: laws, parts: parts)
    try super.init(
      expressions.loss, of: expressions.model.parameters,
      PlanResources(constants: expressions.coefficients, threads: threads, memoryLimit: memoryLimit))
  }

  public var model: ModelDefinition { expressions.model.model }

  /// - Complexity: through key monomials some ten gradients for all components together, where the variant has them
  ///   and enough components are asked for; else one Hessian product, some three gradients, for each.
  public override func hessian(_ point: [Double], components: [Int]) throws -> [Double] {
    guard components.count > Self.fewComponents, let monomialHessian,
      try agrees(monomialHessian, point)
    else { return try hessianByProducts(point, components: components) }
    let whole = monomialHessian.hessian(point)
    return components.flatMap { row in components.map { whole[row * point.count + $0] } }
  }

  /// Whether the Hessian through monomials is the one that is derived: for a definition that it does not know it is not.
  private func agrees(_ hessian: MonomialHessian, _ point: [Double]) throws -> Bool {
    if let known = monomialHessianAgrees { return known }
    let whole = hessian.hessian(point)
    let direction = point.indices.map { 1 + 0.5 * sin(Double($0)) }
    var expected = direction
    try hessianProduct(point, along: direction, product: &expected)
    let scale = expected.map(abs).max() ?? 0
    // At a point where the loss is not finite nothing is learnt.
    guard scale.isFinite else { return true }
    let agrees = point.indices.allSatisfy { row in
      let found = point.indices.reduce(0) { $0 + whole[row * point.count + $1] * direction[$1] }
      return abs(found - expected[row]) <= 1e-8 * scale
    }
    monomialHessianAgrees = agrees
    return agrees
  }

  private var monomialHessianAgrees: Bool?

  /// Up to this many components their products are cheaper than the whole Hessian.
  private static let fewComponents = 20

  /// y(e|z) as `[kernel][query window][token]`.
  public func predictions(_ parameters: Parameters) throws -> LevelPredictions {
    try expressions.evaluate(expressions.prediction, at: parameters, resources)
  }

  public func derivation(_ request: DerivationRequest) -> Derivation { expressions.derivation(request) }

  public override func explainNonFinite(_ point: [Double]) -> any Error {
    let scale = Parameters(flat: point, model: model).scale
    if abs(scale) > 700 { return TheoryError.overflow(scale: scale) }
    return expressions.model.negativePrediction ?? .notFinite
  }

  /// The loss expression evaluated directly in another precision: a reference that shares nothing with plans.
  package func directValue<Scalar: Real>(_ point: [Scalar]) -> Scalar {
    parameters.directValues(
      of: [expression], at: point, constants: resources.constants.mapValues { $0.map(Scalar.init) })[0][0]
  }
}
