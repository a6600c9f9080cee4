import Flows
import Foundation
import InductionModel
import MarkovChains
import Numerics
import SymbolicTensors

/// L_∞ and its derived gradient.
public final class InfiniteContextLoss: PlannedLoss, LevelLoss {
  public let expressions: InfiniteContext

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
    expressions = InfiniteContext(model: model, loss: loss, laws: laws, parts: parts)
    try super.init(
      expressions.loss, of: expressions.model.parameters,
      PlanResources(constants: expressions.coefficients, threads: threads, memoryLimit: memoryLimit))
  }

  public var model: ModelDefinition { expressions.model.model }

  /// By way of the logits as polynomials in the tokens, where they are such: in some ten gradients.
  public override func composedHessian() throws -> ComposedHessian? {
    try WindowPolynomial(expressions, resources).map {
      try ComposedHessian($0.composition, resources.adding($0.constants))
    }
  }

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
