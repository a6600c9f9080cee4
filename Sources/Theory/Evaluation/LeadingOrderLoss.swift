import InductionModel
import MarkovChains
import SymbolicTensors

/// The loss to some order in a, and its derived gradient. At first order with the paper's model an evaluation does
/// not depend on the number of windows or kernels.
public final class LeadingOrderLoss: LossFunction {
  public let model: ModelDefinition
  public let expressions: LeadingOrder
  private let planned: PlannedLoss
  let coefficients: [Symbol: [Double]]
  let loss: Loss
  let laws: WindowLaws
  let order: Int
  /// The last two terms of the expansion, planned when the range is first asked for.
  private(set) lazy var tail = Result { try plannedTail() }
  private let threads: Int
  private let memoryLimit: Int

  /// - Parameters:
  ///   - laws: on windows of `model.reach` tokens.
  ///   - order: of the expansion in a, at least 1.
  ///   - parts: in place of the variant's.
  /// - Throws: `TheoryError`.
  public init(
    model: ModelDefinition, loss: Loss, laws: WindowLaws, order: Int = 1, parts: DefinitionParts? = nil,
    threads: Int = 1, memoryLimit: Int = .max
  ) throws {
    (self.model, self.loss, self.laws, self.order) = (model, loss, laws, order)
    (self.threads, self.memoryLimit) = (threads, memoryLimit)
    expressions = try LeadingOrder(model: model, loss: loss, laws: laws, order: order, parts: parts)
    coefficients = try expressions.coefficients(threads: threads, memoryLimit: memoryLimit)
    planned = try PlannedLoss(
      expressions.loss, model: expressions.model, lag: expressions.lag,
      coefficients: coefficients, threads: threads, memoryLimit: memoryLimit)
  }

  private func plannedTail() throws -> (model: ModelExpressions, plan: Plan) {
    let tail = try expressions.tail(order: order)
    let plan = try PlannedLoss.translatingErrors {
      try Plan(
        [tail.offset, tail.last, tail.next], coefficients: expressions.tailCoefficients, threads: threads,
        memoryLimit: memoryLimit)
    }
    return (tail.model, plan)
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

  /// I_S of every set at a point: what its share gains by, p_S' = (4a/C) p_S (I_S − Ī). nil where the decrease of
  /// the loss is not linear in the shares.
  public func information(_ parameters: Parameters) throws -> [Double]? {
    guard let information = expressions.information else { return nil }
    let plan = try PlannedLoss.translatingErrors {
      try Plan(information, coefficients: coefficients)
    }
    expressions.model.bind(parameters.flat, to: plan)
    plan.run()
    return information.indices.map { plan.scalar($0) }
  }

  /// y(e|z) to the same order in a, as `[kernel][query window][token]`.
  ///
  /// - Throws: `TheoryError`.
  public func prediction(_ parameters: Parameters) throws -> [[[Double]]] {
    let exact = InfiniteContext(model: model, loss: loss, laws: laws, parts: expressions.model.replaced)
    let scale = exact.graph(exact.model.scale)
    guard let terms = series(of: [exact.prediction], in: exact.model.scale, order: order)[0] else {
      throw TheoryError.noExpansion
    }
    let expanded = exact.graph.sum(terms.enumerated().map { scale.power(Number($0)) * $1 })
    return try exact.evaluate(expanded, at: parameters)
  }

  public var provenSums: [ConservedSum] { planned.conservedSums }

  public func explainNonFinite(_ parameters: Parameters) -> TheoryError { .notFinite }
}
