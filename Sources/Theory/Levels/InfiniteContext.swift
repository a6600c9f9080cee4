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
  /// μ(e, Z), μ(Z), μ(e) and the tokens of each window by lag, for each head.
  let joint, stationary, tokenLaw: Symbol
  let windowTokens: [Symbol]
  /// The numbers of all coefficient symbols.
  let coefficients: [Symbol: [Double]]
  /// q(Z, z), y(e|z) on (π, e, z), and L_∞.
  let similarity, prediction, loss: Expression

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
    model definition: ModelDefinition, loss criterion: Loss, laws: WindowLaws, parts: DefinitionParts?,
    isReduced: Bool
  ) {
    let graph = ExpressionGraph()
    self.graph = graph
    model = ModelExpressions(
      graph, model: definition, loss: criterion, parts: parts, isReduced: isReduced)
    let (tokens, windows, kernels) = (definition.tokens, laws.windows, laws.kernels.count)
    // Arrays are laid out in this order: the matrix products of the loss need no transposition.
    kernel = graph.index("k", extent: kernels, latex: "\\pi")
    next = graph.index("e", extent: tokens)
    lag = graph.index("j", extent: definition.window)
    token = graph.index("x", extent: tokens)
    key = graph.index("Z", extent: windows)
    query = graph.index("z", extent: windows)

    let joint = graph.symbol("mu", shape: [kernels, tokens, windows], role: .coefficient, latex: "\\mu")
    let stationary = graph.symbol("muZ", shape: [kernels, windows], role: .coefficient, latex: "\\mu")
    let tokenLaw = graph.symbol("mue", shape: [kernels, tokens], role: .coefficient, latex: "\\mu")
    graph.declare(sumOf: joint, overAxis: 2, is: .symbol(tokenLaw))
    graph.declare(sumOf: joint, overAxis: 1, is: .symbol(stationary))
    graph.declare(sumOf: stationary, overAxis: 1, is: .one)
    graph.declare(sumOf: tokenLaw, overAxis: 1, is: .one)
    (self.joint, self.stationary, self.tokenLaw) = (joint, stationary, tokenLaw)
    var numbers = [joint: laws.joint, stationary: laws.stationary, tokenLaw: laws.tokenLaw]

    var byFirstLag: [Int: Symbol] = [:]
    windowTokens = (1...definition.heads).map { head in
      let lags = definition.lags(ofHead: head)
      if let known = byFirstLag[lags.lowerBound] { return known }
      let name = byFirstLag.isEmpty ? "x" : "x\(head)"
      let symbol = graph.symbol(name, shape: [lags.count, tokens, windows], role: .coefficient)
      graph.declare(sumOf: symbol, overAxis: 1, is: .one)
      numbers[symbol] = Self.oneHotWindows(tokens: tokens, windows: windows, lags: lags)
      byFirstLag[lags.lowerBound] = symbol
      return symbol
    }

    // A token that never occurs has y = μ(e) = 0 beside μ(e, z) = 0.
    var guarding: Expression?
    if criterion.criterion == .crossEntropy, laws.tokenLaw.contains(0) {
      let absent = graph.symbol("absent", shape: [kernels, tokens], role: .coefficient, latex: "\\chi")
      numbers[absent] = laws.tokenLaw.map { $0 == 0 ? 1 : 0 }
      guarding = graph(absent, kernel, next)
    }
    coefficients = numbers

    let (lag, token, key, query, next, kernel) = (
      self.lag, self.token, self.key, self.query, self.next, self.kernel
    )
    let (model, windowTokens) = (self.model, self.windowTokens)
    func outputs(at window: Index) -> [Expression] {
      (1...definition.heads).map { head in
        model.headOutput(
          weights: model.attentionWeights(ofHead: head, over: lag),
          tokens: graph(windowTokens[head - 1], lag, token, window), lag: lag, token: token)
      }
    }
    similarity = model.similarity(keys: outputs(at: key), queries: outputs(at: query), token: token)
    let averages = Self.averages(
      definition.variant.secondLayer, joint: graph(joint, kernel, next, key),
      stationary: graph(stationary, kernel, key), tokenLaw: graph(tokenLaw, kernel, next),
      scale: graph(model.scale), similarity: similarity, over: key)
    prediction = Self.prediction(
      definition.variant.secondLayer, of: averages, tokenLaw: graph(tokenLaw, kernel, next), over: next)
    let cost = model.cost(
      of: prediction, target: graph(joint, kernel, next, query), total: graph(stationary, kernel, query),
      over: next, guarding: guarding)
    loss = Number(1, over: kernels) * cost.sum(over: kernel, query)
  }

  /// θ' = −∇L of all parameters.
  public var equations: RateEquations { model.equations(of: loss, lag: lag) }

  /// What the second layer takes of the keys: Σ_Z μ(e,Z) E[Z,z], or the covariance of token and a q where it is linear.
  static func averages(
    _ layer: Variant.SecondLayer, joint: Expression, stationary: Expression, tokenLaw: Expression,
    scale: Expression, similarity: Expression, over key: Index
  ) -> Expression {
    switch layer {
    case .softmax: return (joint * (scale * similarity).exponential).sum(over: key)
    case .linear:
      let mean = (stationary * similarity).sum(over: key)
      return scale * ((joint * similarity).sum(over: key) - tokenLaw * mean)
    }
  }

  /// y(e|z) of the averages.
  static func prediction(
    _ layer: Variant.SecondLayer, of averages: Expression, tokenLaw: Expression, over next: Index
  ) -> Expression {
    switch layer {
    // Σ_Z μ(Z) E is Σ_e of the numerator: one matrix product instead of two.
    case .softmax: averages / averages.sum(over: next)
    case .linear: tokenLaw + averages
    }
  }

  /// One-hot tokens of every window, `[lag][token][window]`: window index Σ_j x_{t−j} d^{j−1}.
  static func oneHotWindows(tokens: Int, windows: Int, lags: ClosedRange<Int>) -> [Double] {
    var table = [Double](repeating: 0, count: lags.count * tokens * windows)
    for (position, lag) in lags.enumerated() {
      let place = (1..<lag).reduce(1) { power, _ in power * tokens }
      for window in 0..<windows {
        let token = window / place % tokens
        table[(position * tokens + token) * windows + window] = 1
      }
    }
    return table
  }
}
