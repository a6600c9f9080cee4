import Flows
import InductionModel
import SymbolicTensors

/// The first order in a as an explicit polynomial: L_1 = −Σ_S p_S Σ_{i,j} Π_{h∈S} σ^h_{i_h} σ^h_{j_h} G_S(i, j).
///
/// σ^h_i σ^h_j is symmetric in i and j, so the tensors are stored on pairs i ≤ j: with r = M(M+1)/2 pairs,
/// I_S = Σ s^{h1}_{J1} s^{h2}_{J2} ... G_S(J1, J2, ...), s^h_J = σ^h_i σ^h_j, costs r^{|S|} instead of M^{2|S|}.
struct ReducedDynamics {
  let graph: ExpressionGraph
  let model: ModelExpressions
  let loss: Expression
  let decrease: Expression
  /// I_S by set.
  let information: [Expression]
  private let exact: InfiniteContext
  private let pairs: LagPairs
  /// L_0 and the tensors by their symbols: what they are in the source's laws. Sets of equal size share theirs if the
  /// heads' windows agree.
  private let offset: (symbol: Symbol, definition: Expression)
  private let tensors: [Tensor]

  private struct Tensor {
    let symbol: Symbol
    let monomial: PolynomialForm.Monomial
    let reading: MonomialReading
  }

  /// nil where L_1 is no polynomial in σ and p, linear in p.
  init?(_ exact: InfiniteContext, _ terms: [Expression]) {
    self.exact = exact
    let definition = exact.model.model
    guard case .reduced(let weights, let shares) = exact.model.coordinates,
      let form = terms[1].polynomial(in: Set(weights + shares))
    else { return nil }
    let graph = ExpressionGraph()
    let lag = graph.index("j", extent: definition.window)
    let model = ModelExpressions(
      graph, model: definition, loss: exact.model.loss, lag: lag, parts: exact.model.replaced)
    (self.graph, self.model) = (graph, model)
    let pairs = LagPairs(graph, lag: lag, most: definition.degree)
    self.pairs = pairs
    let perHead = (1...definition.heads).map { head in
      (1...max(1, definition.degree)).map { position in
        pairs.products(model.attentionWeights(ofHead: head, over: lag), at: position)
      }
    }

    var information = [Expression](repeating: graph.constant(0), count: shares.count)
    var symbols: [Expression: Symbol] = [:]
    var tensors: [Tensor] = []
    for monomial in form.monomials {
      guard let reading = MonomialReading(monomial, weights: weights, shares: shares, of: exact.graph)
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
        tensors.append(Tensor(symbol: symbol, monomial: monomial, reading: reading))
        symbols[monomial.coefficient] = symbol
      }
      let entries = reading.heads.enumerated().map { perHead[$1][$0] }
      information[reading.set] =
        information[reading.set] + pairs.contraction(graph(symbol, at: pairs.indices(entries.count)), entries)
    }
    self.tensors = tensors
    offset = (graph.symbol("L0", role: .coefficient, latex: "L_{0}"), terms[0])
    self.information = information
    decrease = graph.sum(zip(model.shares, information).map { $0 * $1 })
    loss = graph(offset.symbol) - model.scale * decrease
  }

  /// Of L_0 and the tensors, for one plan, so that they share what they can.
  private var definitions: [Expression] { [offset.definition] + tensors.map(\.monomial.coefficient) }

  /// What `numbers` takes while it works.
  func bytes(threads: Int) -> Int { Plan.bytes(of: definitions, threads: threads) }

  /// The numbers of all coefficient symbols.
  ///
  /// - Throws: `PlanError.tooLarge`.
  func numbers(threads: Int, memoryLimit: Int) throws -> [Symbol: [Double]] {
    let plan = try PlanResources(
      constants: exact.coefficients, threads: threads, memoryLimit: memoryLimit
    ).plan(definitions)
    plan.run()
    var numbers = pairs.numbers
    numbers[offset.symbol] = [plan.scalar(0)]
    for (position, tensor) in tensors.enumerated() {
      let values = plan.output(position + 1)
      numbers[tensor.symbol] = pairs.packed(values, monomial: tensor.monomial, tensor.reading).map { -$0 }
    }
    return numbers
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
