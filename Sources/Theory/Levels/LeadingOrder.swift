import InductionModel
import MarkovChains
import SymbolicTensors

/// The infinite-context loss expanded in a: L_∞ = L_0 + a L_1 + a² L_2 + ..., from which the paper's reduced
/// dynamics come out at first order, L_1 = −Σ_S p_S I_S(σ).
///
/// Nothing of the expansion is typed in: the loss is written in σ and p, expanded, and where a coefficient is a
/// polynomial in σ and p its coefficient tensors G_S are contracted once. Where it is none (normalised outputs, a
/// feature norm), or at higher orders, the expanded tensor expression itself is the loss.
public struct LeadingOrder {
  public let graph: ExpressionGraph
  let model: ModelExpressions
  /// L_0 + a L_1 + ... in w, c and a.
  let loss: Expression
  /// −L_1, the decrease of the loss by unit of a: Σ_S p_S I_S.
  let decrease: Expression
  /// I_S by set, where L_1 is linear in the shares.
  let information: [Expression]?

  let exact: InfiniteContext
  private let reduced: ReducedDynamics?

  /// Derives; no number of the source is computed yet.
  ///
  /// - Parameters:
  ///   - order: of the expansion in a, at least 1.
  ///   - parts: in place of the variant's.
  /// - Throws: `TheoryError.noExpansion`.
  public init(
    model definition: ModelDefinition, loss criterion: Loss, laws: WindowLaws, order: Int = 1,
    parts: DefinitionParts? = nil
  ) throws {
    try self.init(
      InfiniteContext(model: definition, loss: criterion, laws: laws, parts: parts, isReduced: true),
      order: order)
  }

  /// - Parameter exact: in σ and p.
  init(_ exact: InfiniteContext, order: Int) throws {
    guard let terms = series(of: [exact.loss], in: exact.model.scaleSymbol, order: order)[0] else {
      throw TheoryError.noExpansion
    }
    self.exact = exact
    reduced = order == 1 ? ReducedDynamics(exact, terms) : nil
    if let reduced {
      (graph, model) = (reduced.graph, reduced.model)
      (loss, decrease, information) = (reduced.loss, reduced.decrease, reduced.information)
      return
    }
    let parameters = ModelExpressions(
      exact.graph, model: exact.model.model, loss: exact.model.loss, lag: exact.lag,
      parts: exact.model.replaced)
    let inParameters = substitute(exact.model.reducedCoordinates(in: parameters), in: terms)
    let scale = parameters.scale
    graph = exact.graph
    model = parameters
    loss = graph.sum(inParameters.enumerated().map { power, term in scale.power(Number(power)) * term })
    decrease = -inParameters[1]
    information = nil
  }

  /// The numbers of all coefficient symbols.
  ///
  /// - Throws: `PlanError.tooLarge` where the coefficient tensors do not fit memory.
  func coefficients(threads: Int, memoryLimit: Int) throws -> [Symbol: [Double]] {
    try reduced?.numbers(threads: threads, memoryLimit: memoryLimit) ?? exact.coefficients
  }

  /// What `coefficients` takes while it works.
  func bytesOfTensors(threads: Int) -> Int { reduced?.bytes(threads: threads) ?? 0 }

  /// θ' = −∇L of all parameters.
  public var equations: RateEquations { model.parameters.equations(of: loss) }
}

extension ModelExpressions {
  /// σ^h = softmax(w^h) and p_S in terms of c: what to put for the reduced coordinates.
  func reducedCoordinates(in parameters: ModelExpressions) -> [Expression: Expression] {
    guard case .reduced(let weights, let shares) = coordinates else { return [:] }
    var map: [Expression: Expression] = [scale: parameters.scale]
    for (head, symbol) in weights.enumerated() {
      map[graph(symbol, lag)] = parameters.attentionWeights(ofHead: head + 1, over: lag)
    }
    for (symbol, share) in zip(shares, parameters.shares) { map[graph(symbol)] = share }
    return map
  }
}
