import Flows
import InductionModel
import MarkovChains
import SymbolicTensors

/// The loss to some order in a, and its derived gradient. At first order with the paper's model an evaluation does
/// not depend on the number of windows or kernels.
public final class LeadingOrderLoss: PlannedLoss, LevelLoss {
  public let expressions: LeadingOrder
  let laws: WindowLaws
  let order: Int
  /// The last two terms of the expansion, planned when the range is first asked for.
  private lazy var tail = Result { try plannedTail() }

  /// - Parameters:
  ///   - laws: on windows of `model.reach` tokens.
  ///   - order: of the expansion in a, at least 1.
  ///   - parts: in place of the variant's.
  /// - Throws: `TheoryError`, `PlanError`.
  public init(
    model: ModelDefinition, loss: Loss, laws: WindowLaws, order: Int = 1, parts: DefinitionParts? = nil,
    threads: Int = 1, memoryLimit: Int = .max
  ) throws {
    (self.laws, self.order) = (laws, order)
    expressions = try LeadingOrder(model: model, loss: loss, laws: laws, order: order, parts: parts)
    try super.init(
      expressions.loss, of: expressions.model.parameters,
      PlanResources(
        constants: expressions.coefficients(threads: threads, memoryLimit: memoryLimit), threads: threads,
        memoryLimit: memoryLimit))
  }

  public var model: ModelDefinition { expressions.model.model }
  var loss: Loss { expressions.model.loss }

  /// I_S of every set at a point: what its share gains by, p_S' = (4a/C) p_S (I_S − Ī). nil where the decrease of
  /// the loss is not linear in the shares.
  public func information(_ parameters: Parameters) throws -> [Double]? {
    guard let information = expressions.information else { return nil }
    let plan = try resources.plan(information)
    self.parameters.bind(parameters.flat, to: plan)
    plan.run()
    return information.indices.map { plan.scalar($0) }
  }

  /// y(e|z) to the same order in a, as `[kernel][query window][token]`.
  public func predictions(_ parameters: Parameters) throws -> LevelPredictions {
    let exact = InfiniteContext(model: model, loss: loss, laws: laws, parts: expressions.model.replaced)
    guard let terms = series(of: [exact.prediction], in: exact.model.scaleSymbol, order: order)[0] else {
      throw TheoryError.noExpansion
    }
    let expanded = exact.graph.sum(
      terms.enumerated().map { exact.model.scale.power(Number($0)) * $1 })
    return try exact.evaluate(
      expanded, at: parameters,
      PlanResources(
        constants: exact.coefficients, threads: resources.threads, memoryLimit: resources.memoryLimit))
  }

  // MARK: Range

  /// |a^{n+1} L_{n+1}| over |a^n L_n|, at most n/(n+1): from there on the term that is left out moves a, by
  /// (n+1) a^n L_{n+1}, as fast as the last that is kept.
  ///
  /// - Complexity: an evaluation is some ten products of N×N matrices for each kernel and token, as a gradient at
  ///   infinite context is, though the level's own flow may cost much less.
  public override var range: LossRange? {
    LossRange(
      name: "next-term", meaning: "the next term of the expansion in a over the last that is kept",
      bound: Double(order) / Double(order + 1), measure: tailRatio)
  }

  private func plannedTail() throws -> (parameters: ParameterSymbols, plan: Plan) {
    let tail = try expressions.tail(order: order)
    let resources = PlanResources(
      constants: expressions.tailCoefficients, threads: resources.threads, memoryLimit: resources.memoryLimit)
    return (tail.model.parameters, try resources.plan([tail.offset, tail.last, tail.next]))
  }

  private func tailRatio(at point: [Double]) throws -> Double {
    let (parameters, plan) = try tail.get()
    parameters.bind(point, to: plan)
    plan.run()
    let (offset, last, next) = (plan.scalar(0), plan.scalar(1), plan.scalar(2))
    // Where a source tells nothing both are rounding.
    return abs(next) <= 1e-14 * abs(offset) ? 0 : abs(next / last)
  }

  public override func explainNonFinite(_ point: [Double]) -> any Error { TheoryError.notFinite }
}
