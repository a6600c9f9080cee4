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
  let lag: Index
  /// The numbers of all coefficient symbols.
  let coefficients: [Symbol: [Double]]
  /// L_0 + a L_1 + ... in w, c and a.
  let loss: Expression
  /// −L_1, the decrease of the loss by unit of a: Σ_S p_S I_S.
  let decrease: Expression
  /// I_S by set, where L_1 is linear in the shares.
  let information: [Expression]?

  /// - Parameters:
  ///   - order: of the expansion in a, at least 1.
  /// - Throws: `TheoryError`, or `PlanError` where the coefficient tensors do not fit memory.
  init(
    model definition: ModelDefinition, loss criterion: Loss, laws: WindowLaws, order: Int, threads: Int,
    memoryLimit: Int
  ) throws {
    let exact = InfiniteContext(model: definition, loss: criterion, laws: laws, isReduced: true)
    guard let terms = series(of: [exact.loss], in: exact.model.scale, order: order)[0] else {
      throw TheoryError.noExpansion
    }
    if order == 1, let explicit = try ReducedDynamics(exact, terms, threads, memoryLimit) {
      let built = explicit.built
      (graph, model, lag, coefficients) = (built.graph, built.model, built.lag, explicit.numbers)
      (loss, decrease, information) = (explicit.loss, explicit.decrease, explicit.information)
      return
    }
    let parameters = ModelExpressions(exact.graph, model: definition, loss: criterion)
    let inParameters = substitute(exact.model.reducedCoordinates(in: parameters, lag: exact.lag), in: terms)
    let scale = exact.graph(parameters.scale)
    graph = exact.graph
    model = parameters
    lag = exact.lag
    coefficients = exact.coefficients
    loss = graph.sum(inParameters.enumerated().map { power, term in scale.power(Number(power)) * term })
    decrease = -inParameters[1]
    information = nil
  }
}

extension ModelExpressions {
  /// σ^h = softmax(w^h) and p_S in terms of c: what to put for the reduced coordinates.
  func reducedCoordinates(in parameters: ModelExpressions, lag: Index) -> [Expression: Expression] {
    guard case .reduced(let weights, let shares) = coordinates else { return [:] }
    var map: [Expression: Expression] = [graph(scale): graph(parameters.scale)]
    for (head, symbol) in weights.enumerated() {
      map[graph(symbol, lag)] = parameters.attentionWeights(ofHead: head + 1, over: lag)
    }
    for (symbol, share) in zip(shares, parameters.shares) { map[graph(symbol)] = share }
    return map
  }
}
