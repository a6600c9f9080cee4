import Flows
import InductionModel
import MarkovChains
import SymbolicTensors

/// The loss in the limit L → ∞, exact for every parameter, as an expression over the windows' stationary laws.
///
/// y(e|z) = Σ_Z μ(e,Z) E[Z,z] / Σ_Z μ(Z) E[Z,z] with E[Z,z] = exp(a q(Z,z)), and
/// L_∞ = −E_π Σ_{z,e} μ(e,z) log(y(e|z) + ε).
public struct InfiniteContext {
  public let graph: ExpressionGraph
  let model: ModelExpressions
  /// π, e, j, x, Z, z: kernels, next tokens, lags, tokens of a window, key windows, query windows.
  let kernel, next, lag, token, key, query: Index
  let source: SourceLaws
  let windowTokens: WindowTokens
  /// The numbers of all coefficient symbols.
  let coefficients: [Symbol: [Double]]
  /// Means over the keys under the stationary laws.
  let keys: KeyAverages
  /// q(Z, z), what the second layer averages on (π, e, z), y(e|z) of it, and L_∞.
  let similarity, average, prediction, loss: Expression

  /// - Parameters:
  ///   - laws: on windows of `model.reach` tokens.
  ///   - parts: in place of the variant's.
  public init(
    model definition: ModelDefinition, loss criterion: Loss, laws: WindowLaws, parts: DefinitionParts? = nil
  ) {
    self.init(model: definition, loss: criterion, laws: laws, parts: parts, isReduced: false)
  }

  /// - Parameter isReduced: written in σ and p instead of w and c.
  init(
    model: ModelDefinition, loss: Loss, laws: WindowLaws, parts: DefinitionParts?, isReduced: Bool
  ) {
    self.init(
      model: model, loss: loss, windows: laws.windows, kernels: laws.kernels.count, laws: laws, parts: parts,
      isReduced: isReduced)
  }

  /// Of sizes alone, without numbers: to know what a loss would take. nil where there are more windows than integers.
  init?(_ sizes: LevelSizes, isReduced: Bool = false) {
    var windows = 1
    for _ in 0..<sizes.model.reach {
      let (product, overflows) = windows.multipliedReportingOverflow(by: sizes.model.tokens)
      guard !overflows else { return nil }
      windows = product
    }
    self.init(
      model: sizes.model, loss: sizes.loss, windows: windows, kernels: sizes.kernels, laws: nil, parts: nil,
      isReduced: isReduced)
  }

  private init(
    model definition: ModelDefinition, loss criterion: Loss, windows: Int, kernels: Int, laws: WindowLaws?,
    parts: DefinitionParts?, isReduced: Bool
  ) {
    let graph = ExpressionGraph()
    self.graph = graph
    // Arrays are laid out in this order: the matrix products of the loss need no transposition.
    kernel = graph.index("k", extent: kernels, latex: "\\pi")
    next = graph.index("e", extent: definition.tokens)
    lag = graph.index("j", extent: definition.window)
    token = graph.index("x", extent: definition.tokens)
    key = graph.index("Z", extent: windows)
    query = graph.index("z", extent: windows)
    model = ModelExpressions(
      graph, model: definition, loss: criterion, lag: lag, parts: parts, isReduced: isReduced)

    source = SourceLaws(model, kernels: kernels, windows: windows, laws: laws)
    windowTokens = WindowTokens("x", model, count: windows, laws.map { _ in Array(0..<windows) })
    coefficients = source.numbers.merging(windowTokens.numbers) { $1 }
    similarity = model.similarity(
      keys: windowTokens.outputs(model, at: key, over: token),
      queries: windowTokens.outputs(model, at: query, over: token), token: token)
    keys = source.keys(kernel, next, over: key)
    average = model.parts.secondLayer.average(model.scale * similarity, keys)
    prediction = model.parts.secondLayer.prediction(average, keys)
    loss = source.loss(of: prediction, model, kernel, next, query)
  }

  /// θ' = −∇L of all parameters.
  public var equations: RateEquations { model.parameters.equations(of: loss) }
}
