/// Rebuilding expressions from changed parts. Sharing survives: every node is rebuilt at most once a call.
extension ExpressionGraph {
  /// Nodes that the roots depend on, in topological order.
  func reachable(_ roots: [NodeID]) -> [NodeID] {
    guard let last = roots.max() else { return [] }
    var needed = [Bool](repeating: false, count: Int(last) + 1)
    for root in roots { needed[Int(root)] = true }
    for id in stride(from: Int(last), through: 0, by: -1) where needed[id] {
      forEachChild(of: NodeID(id)) { needed[Int($0)] = true }
    }
    return needed.indices.filter { needed[$0] }.map(NodeID.init)
  }

  func forEachChild(of node: NodeID, _ visit: (NodeID) -> Void) {
    switch nodes[Int(node)] {
    case .number, .symbol, .delta: break
    case .sum(let terms): for term in terms { visit(term.node) }
    case .product(let factors): for factor in factors { visit(factor.base) }
    case .largest(let children): for child in children { visit(child) }
    case .function(_, let child), .softmax(let child, over: _), .contraction(_, let child): visit(child)
    }
  }

  /// Rebuilds one node with its children mapped.
  func rebuild(_ node: NodeID, _ map: (NodeID) -> NodeID) -> NodeID {
    switch nodes[Int(node)] {
    case .number, .symbol, .delta: node
    case .sum(let terms): sum(terms.map { Term(coefficient: $0.coefficient, node: map($0.node)) })
    case .product(let factors):
      product(factors.map { Factor(base: map($0.base), exponent: $0.exponent) })
    case .function(let function, let child): apply(function, to: map(child))
    case .largest(let children): largest(children.map(map))
    case .softmax(let child, over: let index): softmax(map(child), over: index)
    case .contraction(let indices, let child): contraction(indices, map(child))
    }
  }

  /// Whether a softmax over one of two free indices lies in a node and has both: with one named as the other it
  /// would sum along the diagonal.
  func hasDiagonalSoftmax(_ root: NodeID, _ first: Index, _ second: Index) -> Bool {
    func hasBoth(_ node: NodeID) -> Bool {
      free[Int(node)].contains(first) && free[Int(node)].contains(second)
    }
    var seen = Set<NodeID>()
    var pending = [root]
    while let node = pending.popLast() {
      guard hasBoth(node), seen.insert(node).inserted else { continue }
      if case .softmax(_, over: let index) = nodes[Int(node)], index == first || index == second {
        return true
      }
      forEachChild(of: node) { pending.append($0) }
    }
    return false
  }
}

extension ExpressionGraph {
  /// All indices that occur in expressions, bound or free.
  func indices(below roots: [NodeID]) -> Set<Index> {
    var found = Set<Index>()
    for node in reachable(roots) { found.formUnion(free[Int(node)]) }
    return found
  }
}
