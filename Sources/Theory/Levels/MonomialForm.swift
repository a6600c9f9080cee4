import InductionModel
import MarkovChains
import SymbolicTensors

/// L_∞ in three steps, each a function of few numbers, so that its second derivatives are affordable:
/// parameters → coefficients of the exponent in monomials of the tokens → averages over keys → loss.
///
/// a q(Z,z) = Σ_b y_b(z) K_b(Z). What parameters do passes through the table t = a Σ_S p_S Π_{h∈S} A^h by terms of key
/// and query, which do not grow with the windows; the averages m(z, e) of a query depend on y(z) alone, and the
/// loss is a sum over queries of functions of m(z).
struct MonomialForm {
  let model: ModelExpressions
  let lag: Index
  /// t of the parameters on (r.., s..), D terms of the key and D of the query.
  let table: Expression
  /// Variables for t and its Jacobian on (r.., s.., θ), and of these y on (z, b) and ∂y/∂θ on (z, b, θ).
  let tableValue, tableJacobian: Symbol
  let exponents: [Expression]
  /// y and m as variables; m on (z, k, e) and ∂m/∂y on (z, k, e, b) of the former.
  let exponentValues, averageValues: Symbol
  let averages: [Expression]
  /// ∂L/∂m on (z, k, e) and ∂²L/∂m∂m on (z, k, e, e').
  let lossDerivatives: [Expression]
  /// Variables for ∂m/∂y, ∂L/∂m and ∂²L/∂m∂m, and of these ∂L/∂y on (z, b) and ∂²L/∂y∂y on (z, b, b').
  let averageJacobian, lossSlope, lossCurvature: Symbol
  let exponentDerivatives: [Expression]
  /// Variables for ∂y/∂θ and ∂²L/∂y∂y, and of these the Hessian's first term on (θ, θ').
  let exponentJacobian, exponentCurvature: Symbol
  let curved: Expression
  /// A variable for ∂L/∂y, and of it ∂L/∂t.
  let exponentSlope: Symbol
  let tableSlope: Expression
  /// A variable for ∂L/∂t, and of it and the parameters the Hessian's second term Σ ∂L/∂t ∂²t: (j, θ) for each head, (θ)
  /// for each set and for a.
  let tableWeight: Symbol
  let weightedTable: [Expression]
  /// θ, of all parameters in the layout of `Parameters.flat`.
  let parameter: Index
  /// r.., s..
  let terms: [Index]
  /// The numbers of all coefficient symbols.
  let coefficients: [Symbol: [Double]]
  /// What each variable's axes are called in the expressions whose values it takes.
  let domains: [Symbol: [Index]]

  /// nil where similarities are no polynomials in the tokens, or have more than `most` monomials.
  init?(model definition: ModelDefinition, loss criterion: Loss, laws: WindowLaws, most: Int) {
    guard definition.variant.normalization == .none, definition.variant.featureNorm == .constant,
      let keys = KeyMonomials(model: definition, most: most)
    else { return nil }
    let graph = ExpressionGraph()
    let (windows, kernels, tokens) = (laws.windows, laws.kernels.count, definition.tokens)
    // In this order products over z are batched or plain, and few arrays are transposed.
    let z = graph.index("z", extent: windows)
    let (k, e, otherE) = (
      graph.index("k", extent: kernels), graph.index("e", extent: tokens), graph.index("f", extent: tokens)
    )
    let keyTerms = (0..<definition.degree).map { graph.index("r\($0)", extent: keys.terms) }
    let queryTerms = (0..<definition.degree).map { graph.index("s\($0)", extent: keys.terms) }
    let (c, b, b1, b2) = (
      graph.index("c", extent: keys.count), graph.index("b", extent: keys.count),
      graph.index("b1", extent: keys.count), graph.index("b2", extent: keys.count)
    )
    let lag = graph.index("j", extent: definition.window)
    let token = graph.index("x", extent: tokens)
    let key = graph.index("Z", extent: windows)
    let (parameter, otherParameter) = (
      graph.index("t", extent: definition.parameterCount),
      graph.index("u", extent: definition.parameterCount)
    )
    let model = ModelExpressions(graph, model: definition, loss: criterion, lag: lag)
    var coefficients: [Symbol: [Double]] = [:]
    func known(_ name: String, _ indices: [Index], _ values: [Double]) -> Symbol {
      let symbol = graph.symbol(name, shape: indices.map(\.extent), role: .coefficient)
      coefficients[symbol] = values
      return symbol
    }
    var domains: [Symbol: [Index]] = [:]
    func variable(_ name: String, _ indices: [Index]) -> Symbol {
      let symbol = graph.symbol(name, shape: indices.map(\.extent), role: .variable)
      domains[symbol] = indices
      return symbol
    }

    // Parameters to table: A^h_rs = Σ_x B^h_rx B^h_sx with ⟨v^h, v'^h⟩ = Σ_rs A^h_rs term_r term'_s.
    var splittings: [Int: Symbol] = [:]
    let matches = (1...definition.heads).map { head in
      let lags = definition.lags(ofHead: head)
      let splitting =
        splittings[lags.lowerBound]
        ?? known("T\(head)", [keyTerms[0], lag, token], keys.splitting(lags: lags))
      splittings[lags.lowerBound] = splitting
      let weights = model.attentionWeights(ofHead: head, over: lag)
      func output(_ term: Index) -> Expression {
        (graph(splitting, term, lag, token) * weights).sum(over: lag)
      }
      return zip(keyTerms, queryTerms).map { (output($0) * output($1)).sum(over: token) }
    }
    // A smaller set has the term 1 in the places that it leaves.
    let one = known("one", [keyTerms[0]], [1] + Array(repeating: 0, count: keys.terms - 1))
    let terms = keyTerms + queryTerms
    table = graph.sum(
      zip(model.shares, definition.sets).map { share, set in
        let heads = set.members.enumerated().map { matches[$1 - 1][$0] }
        let places = (keyTerms.dropFirst(set.count) + queryTerms.dropFirst(set.count)).map { graph(one, $0) }
        return graph.product([model.scale, share] + heads + places)
      })

    // Table to exponents.
    let products = known("P", keyTerms + [b], keys.products(degree: definition.degree))
    let isMonomial = graph(products, at: keyTerms + [b]) * graph(products, at: queryTerms + [c])
    let monomial = known("K", [b, key], keys.table(windows: windows))
    tableValue = variable("t", terms)
    tableJacobian = variable("dt", terms + [parameter])
    exponents = [graph(tableValue, at: terms), graph(tableJacobian, at: terms + [parameter])].map {
      (graph(monomial, c, z) * isMonomial * $0).sum(over: terms + [c])
    }

    // Exponents to averages.
    exponentValues = variable("y", [z, b])
    let joint = known("mu", [k, e, key], laws.joint)
    let stationary = known("muZ", [k, key], laws.stationary)
    let tokenLaw = graph(known("mue", [k, e], laws.tokenLaw), k, e)
    let layer = model.parts.secondLayer
    let means = InfiniteContext.keys(
      joint: graph(joint, k, e, key), stationary: graph(stationary, k, key), tokenLaw: tokenLaw, over: key, e)
    let average = layer.average((graph(exponentValues, z, b) * graph(monomial, b, key)).sum(over: b), means)
    averages = [average] + average.gradient([graph(exponentValues, z, b1)])

    // Averages to loss.
    averageValues = variable("m", [z, k, e])
    let prediction = layer.prediction(graph(averageValues, z, k, e), means)
    var guarding: Expression?
    if criterion.criterion == .crossEntropy, laws.tokenLaw.contains(0) {
      guarding = graph(known("absent", [k, e], laws.tokenLaw.map { $0 == 0 ? 1 : 0 }), k, e)
    }
    let cost = model.cost(
      of: prediction, target: graph(joint, k, e, z), total: graph(stationary, k, z), over: e,
      guarding: guarding)
    let loss = Number(1, over: kernels) * cost.sum(over: k, z)
    let slope = loss.gradient([graph(averageValues, z, k, e)])[0]
    // Renamed, so that the token of the second derivative is another one.
    lossDerivatives = [slope] + slope.renaming([e: otherE]).gradient([graph(averageValues, z, k, e)])

    // The chain rule through the averages.
    averageJacobian = variable("dm", [z, k, e, b1])
    lossSlope = variable("g", [z, k, e])
    lossCurvature = variable("C", [z, k, e, otherE])
    let slopeByExponent = (graph(lossSlope, z, k, e) * graph(averageJacobian, z, k, e, b)).sum(over: k, e)
    let bent = (graph(lossCurvature, z, k, e, otherE) * graph(averageJacobian, z, k, otherE, b2))
      .sum(over: otherE)
    let weightedAverage = (graph(lossSlope, z, k, e) * average).sum(over: k, e)
    let second = weightedAverage.gradient([graph(exponentValues, z, b1)])[0]
      .gradient([graph(exponentValues, z, b2)])[0]
    exponentDerivatives = [
      slopeByExponent, (graph(averageJacobian, z, k, e, b1) * bent).sum(over: k, e) + second,
    ]

    // The chain rule through the exponents.
    exponentJacobian = variable("dy", [z, b, parameter])
    exponentCurvature = variable("D", [z, b1, b2])
    curved = graph.product([
      graph(exponentJacobian, z, b1, parameter), graph(exponentCurvature, z, b1, b2),
      graph(exponentJacobian, z, b2, otherParameter),
    ]).sum(over: z, b1, b2)
    exponentSlope = variable("h", [z, b])
    let slopeByMonomial = (graph(monomial, c, z) * graph(exponentSlope, z, b)).sum(over: z)
    tableSlope = (isMonomial * slopeByMonomial).sum(over: b, c)
    tableWeight = variable("G", terms)
    let weighted = (graph(tableWeight, at: terms) * table).sum(over: terms)
    // The gradient's component along each parameter, all at once, and the gradient of that.
    var position = 0
    let components = model.parameters.gradient(of: weighted).enumerated().map { output, component in
      let indices = [parameter] + (output < definition.heads ? [lag] : [])
      let width = indices.dropFirst().reduce(1) { $0 * $1.extent }
      var unit = [Double](repeating: 0, count: definition.parameterCount * width)
      for entry in 0..<width { unit[(position + entry) * width + entry] = 1 }
      position += width
      let selection = known("unit\(output)", indices, unit)
      return (component * graph(selection, at: indices)).sum(over: Array(indices.dropFirst()))
    }
    weightedTable = model.parameters.gradient(of: graph.sum(components))
    self.parameter = parameter
    self.terms = terms
    self.model = model
    self.lag = lag
    self.coefficients = coefficients
    self.domains = domains
  }

  /// The axes of the Jacobian's columns of one head, or of one set or a.
  func columns(_ output: Int) -> [Index] { terms + (output < model.model.heads ? [lag] : []) }

  /// The axes of the second term's rows of one head, or of one set or a.
  func rows(_ output: Int) -> [Index] { (output < model.model.heads ? [lag] : []) + [parameter] }

  /// t, then its Jacobian: (r.., s.., j) for each head, (r.., s..) for each set and for a.
  var tableWithJacobian: [Expression] { [table] + model.parameters.gradient(of: table) }
}
