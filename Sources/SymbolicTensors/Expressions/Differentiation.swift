/// Reverse accumulation on tensor expressions: the adjoint of a tensor is a tensor expression.
///
/// Every node n with free indices F(n) has an adjoint ∂(Σ root)/∂n whose free indices lie in F(n); where it
/// lacks one it is constant along it. Cost and size are a small multiple of the expression's, whatever the
/// number of parameters. The entries of a root with free indices are told apart by indices that only adjoints have.
extension ExpressionGraph {
  /// The adjoints of Σ seed·root with respect to every entry node of the given symbols.
  func adjoints(of root: NodeID, seed: NodeID, wanted: Set<Symbol>) -> [NodeID: NodeID] {
    let order = reachable([root])
    let depends = dependents(order, on: wanted)
    var contributions: [NodeID: [Term]] = [root: [Term(coefficient: .one, node: seed)]]
    var adjoint: [NodeID: NodeID] = [:]
    for node in order.reversed() where depends.contains(node) {
      guard let terms = contributions.removeValue(forKey: node) else { continue }
      let total = deltasOutside(terms)
      adjoint[node] = total
      guard total != Self.zero else { continue }
      propagate(total, from: node) { child, contribution in
        guard depends.contains(child) else { return }
        contributions[child, default: []].append(contribution())
      }
    }
    return adjoint
  }

  /// A sum whose common deltas are factors of all of it, so that contractions can eliminate them.
  private func deltasOutside(_ terms: [Term]) -> NodeID {
    let products = terms.map { factors(of: $0.node) }
    func deltas(_ factors: [Factor]) -> Set<NodeID> {
      Set(factors.map(\.base).filter { if case .delta = nodes[Int($0)] { true } else { false } })
    }
    var common = products.first.map { deltas($0.factors) } ?? []
    guard !common.isEmpty else { return sum(terms) }
    for own in products { common.formIntersection(deltas(own.factors)) }
    let rest = zip(terms, products).map { term, own in
      Term(
        coefficient: term.coefficient * own.coefficient,
        node: product(own.factors.filter { !common.contains($0.base) }))
    }
    return product(common.sorted() + [sum(rest)])
  }

  /// Nodes that depend on an entry of one of the symbols.
  private func dependents(_ order: [NodeID], on symbols: Set<Symbol>) -> Set<NodeID> {
    var dependents = Set<NodeID>()
    for node in order {
      if case .symbol(let symbol, _) = nodes[Int(node)] {
        if symbols.contains(symbol) { dependents.insert(node) }
      } else {
        var found = false
        forEachChild(of: node) { found = found || dependents.contains($0) }
        if found { dependents.insert(node) }
      }
    }
    return dependents
  }

  private func propagate(
    _ adjoint: NodeID, from node: NodeID, to receive: (NodeID, () -> Term) -> Void
  ) {
    /// Sums a contribution over the indices of the parent that the child does not have.
    func projected(_ contribution: NodeID, onto child: NodeID) -> NodeID {
      let own = free[Int(child)]
      let extra = free[Int(node)].filter { !own.contains($0) }
      return extra.isEmpty ? contribution : contraction(extra, contribution)
    }

    switch nodes[Int(node)] {
    case .number, .symbol, .delta, .largest: break
    case .sum(let terms):
      for term in terms {
        receive(term.node) {
          Term(coefficient: term.coefficient, node: projected(adjoint, onto: term.node))
        }
      }
    case .product(let factors):
      for (position, factor) in factors.enumerated() {
        receive(factor.base) {
          var others = factors
          others[position] = Factor(base: factor.base, exponent: factor.exponent - 1)
          others.append(Factor(base: adjoint, exponent: .one))
          return Term(
            coefficient: factor.exponent, node: projected(product(others), onto: factor.base))
        }
      }
    case .function(let function, let argument):
      receive(argument) {
        Term(coefficient: .one, node: product([adjoint, function.row.slope(self, argument, node)]))
      }
    case .softmax(let logits, over: let index):
      receive(logits) {
        let weighted = product([adjoint, node])
        let mean = contraction([index], weighted)
        return Term(
          coefficient: .one,
          node: sum([
            Term(coefficient: .one, node: weighted),
            Term(coefficient: -1, node: product([node, mean])),
          ]))
      }
    case .contraction(_, let body):
      receive(body) { Term(coefficient: .one, node: adjoint) }
    }
  }

}

extension Expression {
  /// The gradient of a scalar with respect to parameter tensors, each as an entry with the given indices.
  ///
  /// Of an expression with free indices it is the Jacobian: the gradient for each of their values. An index that the
  /// expression shares with an entry of a variable stands for the same value in both.
  ///
  /// - Parameter variables: a symbol's entry at distinct indices, e.g. w(j); the result has these free.
  /// - Precondition: every variable is such an entry.
  /// - Complexity: a small multiple of the size of the expression, for all variables together.
  public func gradient(_ variables: [Expression]) -> [Expression] {
    let wanted = variables.map { graph.parameterEntry(graph.node($0)) }
    // δ(i', i) picks an entry of the root; at the end i' is called i.
    var taken = graph.indices(below: [id]).union(wanted.flatMap(\.indices))
    let picked = freeIndices.map { own in
      let copy = graph.copy(of: own, avoiding: taken)
      taken.insert(copy)
      return (own: own, copy: copy)
    }
    let seed = graph.product(picked.map { graph.delta($0.copy, $0.own) })
    let names = Dictionary(uniqueKeysWithValues: picked.map { ($0.copy, $0.own) })
    let adjoints = graph.adjoints(of: id, seed: seed, wanted: Set(wanted.map(\.symbol)))
    var entries: [Symbol: [(indices: [Index], adjoint: NodeID)]] = [:]
    for (node, adjoint) in adjoints.sorted(by: { $0.key < $1.key }) {
      guard case .symbol(let symbol, let indices) = graph.nodes[Int(node)] else { continue }
      entries[symbol, default: []].append((indices, adjoint))
    }
    return wanted.map { target in
      let terms = (entries[target.symbol] ?? []).map { entry in
        let spread = graph.spread(entry.adjoint, at: entry.indices, onto: target.indices)
        return Term(coefficient: .one, node: graph.rename([spread], names)[0])
      }
      return Expression(graph, graph.sum(terms))
    }
  }
}

extension ExpressionGraph {
  func parameterEntry(_ node: NodeID) -> (symbol: Symbol, indices: [Index]) {
    guard case .symbol(let symbol, let indices) = nodes[Int(node)], Set(indices).count == indices.count
    else { preconditionFailure("a gradient is taken with respect to a symbol's entry at distinct indices") }
    return (symbol, indices)
  }

  /// An adjoint at one set of indices, as a function of another: renamed, or with deltas where indices repeat.
  fileprivate func spread(_ adjoint: NodeID, at indices: [Index], onto target: [Index]) -> NodeID {
    if indices == target { return adjoint }
    if Set(indices).count == indices.count {
      return rename([adjoint], Dictionary(uniqueKeysWithValues: zip(indices, target)))[0]
    }
    // A repeated index, w(j, j): Σ_j adjoint(j) δ(j, target_1) δ(j, target_2). The bound ones are copies.
    let fresh = copies(of: Set(indices).sorted(), avoiding: Set(free[Int(adjoint)] + indices + target))
    let body = rename([adjoint], fresh)[0]
    let deltas = zip(indices, target).map { delta(fresh[$0] ?? $0, $1) }
    return contraction(Array(fresh.values), product([body] + deltas))
  }
}
