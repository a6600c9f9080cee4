import InductionModel
import SymbolicTensors

/// The first order in a as an explicit polynomial: L_1 = −Σ_S p_S Σ_{i,j} Π_{h∈S} σ^h_{i_h} σ^h_{j_h} G_S(i, j).
///
/// σ^h_i σ^h_j is symmetric in i and j, so the tensors are stored on pairs i ≤ j: with r = M(M+1)/2 pairs,
/// I_S = Σ s^{h1}_{J1} s^{h2}_{J2} ... G_S(J1, J2, ...), s^h_J = σ^h_i σ^h_j, costs r^{|S|} instead of M^{2|S|}.
struct ReducedDynamics {
  struct Built {
    let graph: ExpressionGraph
    let model: ModelExpressions
    let lag: Index
  }

  let built: Built
  /// The numbers of all coefficient symbols.
  let numbers: [Symbol: [Double]]
  let loss: Expression
  let decrease: Expression
  /// I_S by set.
  let information: [Expression]

  /// nil where L_1 is no polynomial in σ and p, linear in p.
  ///
  /// - Throws: `TheoryError.tooLarge`.
  init?(_ exact: InfiniteContext, _ terms: [Expression], _ threads: Int, _ memoryLimit: Int) throws {
    let definition = exact.model.model
    guard case .reduced(let weights, let shares) = exact.model.coordinates,
      let form = terms[1].polynomial(in: Set(weights + shares))
    else { return nil }
    // One plan for all distinct coefficient tensors: sets of equal size share theirs if the heads' windows agree.
    let distinct = Array(Set(form.monomials.map(\.coefficient)))
    let plan = try PlannedLoss.translatingErrors {
      try Plan(
        [terms[0]] + distinct, coefficients: exact.coefficients, threads: threads, memoryLimit: memoryLimit)
    }
    plan.run()
    let tensors = Dictionary(
      uniqueKeysWithValues: distinct.enumerated().map { ($1, plan.output($0 + 1)) })

    let graph = ExpressionGraph()
    let lag = graph.index("j", extent: definition.window)
    let model = ModelExpressions(graph, model: definition, loss: exact.model.loss)
    built = Built(graph: graph, model: model, lag: lag)
    let pairs = LagPairs(graph, lag: lag, most: definition.degree)
    var numbers = pairs.numbers
    let perHead = (1...definition.heads).map { head in
      (1...max(1, definition.degree)).map { position in
        pairs.products(model.attentionWeights(ofHead: head, over: lag), at: position)
      }
    }

    var information = [Expression](repeating: graph.constant(0), count: shares.count)
    var symbols: [Expression: Symbol] = [:]
    for monomial in form.monomials {
      guard let reading = MonomialReading(monomial, weights: weights, shares: shares, of: exact.graph),
        let tensor = tensors[monomial.coefficient]
      else { return nil }
      let set = definition.sets[reading.set]
      guard reading.heads == set.members.map({ $0 - 1 }) else { return nil }
      let symbol: Symbol
      if let known = symbols[monomial.coefficient] {
        symbol = known
      } else {
        let shape = [Int](repeating: pairs.count, count: set.count)
        symbol = graph.symbol(
          "G\(symbols.count)", shape: shape, role: .coefficient, latex: "G_{\(symbols.count)}")
        numbers[symbol] = pairs.packed(tensor, monomial: monomial, reading).map { -$0 }
        symbols[monomial.coefficient] = symbol
      }
      let entries = reading.heads.enumerated().map { perHead[$1][$0] }
      information[reading.set] =
        information[reading.set] + pairs.contraction(graph(symbol, at: pairs.indices(entries.count)), entries)
    }
    self.numbers = numbers
    self.information = information
    decrease = graph.sum(zip(model.shares, information).map { $0 * $1 })
    loss = graph.constant(Number(plan.scalar(0))) - graph(model.scale) * decrease
  }
}

/// Which share and which heads a monomial of L_1 belongs to: p_S Π_{h∈S} σ^h_{i_h} σ^h_{j_h}.
struct MonomialReading {
  let set: Int
  /// Ascending, counted from 0.
  let heads: [Int]
  /// The two lag indices of each head.
  let lags: [(Index, Index)]

  init?(_ monomial: PolynomialForm.Monomial, weights: [Symbol], shares: [Symbol], of graph: ExpressionGraph) {
    var set: Int?
    var byHead: [Int: [Index]] = [:]
    for variable in monomial.variables {
      guard let symbol = variable.symbol else { return nil }
      if let position = shares.firstIndex(of: symbol) {
        guard set == nil else { return nil }
        set = position
      } else if let head = weights.firstIndex(of: symbol), let index = variable.freeIndices.first {
        byHead[head, default: []].append(index)
      } else {
        return nil
      }
    }
    guard let set, byHead.values.allSatisfy({ $0.count == 2 }) else { return nil }
    self.set = set
    heads = byHead.keys.sorted()
    lags = heads.compactMap { head in byHead[head].map { ($0[0], $0[1]) } }
  }
}
