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
  /// μ(e, Z), μ(Z), μ(e) and the tokens of each window by lag, for each head.
  let joint, stationary, tokenLaw: Symbol
  let windowTokens: [Symbol]
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
    let tokens = definition.tokens
    // Arrays are laid out in this order: the matrix products of the loss need no transposition.
    kernel = graph.index("k", extent: kernels, latex: "\\pi")
    next = graph.index("e", extent: tokens)
    lag = graph.index("j", extent: definition.window)
    token = graph.index("x", extent: tokens)
    key = graph.index("Z", extent: windows)
    query = graph.index("z", extent: windows)
    model = ModelExpressions(
      graph, model: definition, loss: criterion, lag: lag, parts: parts, isReduced: isReduced)

    let joint = graph.symbol("mu", shape: [kernels, tokens, windows], role: .coefficient, latex: "\\mu")
    let stationary = graph.symbol("muZ", shape: [kernels, windows], role: .coefficient, latex: "\\mu")
    let tokenLaw = graph.symbol("mue", shape: [kernels, tokens], role: .coefficient, latex: "\\mu")
    graph.declare(sumOf: joint, overAxis: 2, is: .symbol(tokenLaw))
    graph.declare(sumOf: joint, overAxis: 1, is: .symbol(stationary))
    graph.declare(sumOf: stationary, overAxis: 1, is: .one)
    graph.declare(sumOf: tokenLaw, overAxis: 1, is: .one)
    (self.joint, self.stationary, self.tokenLaw) = (joint, stationary, tokenLaw)
    var numbers: [Symbol: [Double]] = [:]
    if let laws {
      numbers = [joint: laws.joint, stationary: laws.stationary, tokenLaw: laws.tokenLaw]
    }

    var byFirstLag: [Int: Symbol] = [:]
    windowTokens = (1...definition.heads).map { head in
      let lags = definition.lags(ofHead: head)
      if let known = byFirstLag[lags.lowerBound] { return known }
      let name = byFirstLag.isEmpty ? "x" : "x\(head)"
      let symbol = graph.symbol(name, shape: [lags.count, tokens, windows], role: .coefficient)
      graph.declare(sumOf: symbol, overAxis: 1, is: .one)
      if laws != nil {
        numbers[symbol] = Self.oneHotWindows(tokens: tokens, windows: windows, lags: lags)
      }
      byFirstLag[lags.lowerBound] = symbol
      return symbol
    }

    // A token that never occurs has y = μ(e) = 0 beside μ(e, z) = 0.
    var guarding: Expression?
    if criterion.criterion == .crossEntropy, let laws, laws.tokenLaw.contains(0) {
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
    keys = Self.keys(
      joint: graph(joint, kernel, next, key), stationary: graph(stationary, kernel, key),
      tokenLaw: graph(tokenLaw, kernel, next), over: key, next)
    average = model.parts.secondLayer.average(model.scale * similarity, keys)
    prediction = model.parts.secondLayer.prediction(average, keys)
    let cost = model.cost(
      of: prediction, target: graph(joint, kernel, next, query), total: graph(stationary, kernel, query),
      over: next, guarding: guarding)
    loss = Number(1, over: kernels) * cost.sum(over: kernel, query)
  }

  /// θ' = −∇L of all parameters.
  public var equations: RateEquations { model.parameters.equations(of: loss) }

  /// Under the laws μ(e, Z), μ(Z) and μ(e).
  static func keys(
    joint: Expression, stationary: Expression, tokenLaw: Expression, over key: Index, _ next: Index
  ) -> KeyAverages {
    KeyAverages(
      tokens: tokenLaw,
      mean: { (stationary * $0).sum(over: key) },
      weighted: { (joint * $0).sum(over: key) },
      exponential: { $0.exponential },
      // Σ_Z μ(Z) E is Σ_e of the numerator: one matrix product instead of two.
      normalized: { $0 / $0.sum(over: next) })
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
