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
    case .softmax(let child, over: let index): softmax(map(child), over: index)
    case .contraction(let indices, let child): contraction(indices, map(child))
    }
  }

  /// Replaces whole nodes: the first match from the roots down wins, what replaces is not rewritten again.
  ///
  /// The caller sees to it that a replacement brings no free index that a contraction above it binds.
  func substitute(_ roots: [NodeID], _ replacement: [NodeID: NodeID]) -> [NodeID] {
    var image: [NodeID: NodeID] = replacement
    for node in reachable(roots) where image[node] == nil {
      image[node] = rebuild(node) { image[$0] ?? $0 }
    }
    return roots.map { image[$0] ?? $0 }
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

  /// Renames free indices; bound ones that would capture a new name get a fresh name first. Two indices that get
  /// the same name give the diagonal.
  func rename(_ roots: [NodeID], _ names: [Index: Index]) -> [NodeID] {
    let names = names.filter { $0.key != $0.value }
    guard !names.isEmpty else { return roots }
    let targets = Set(names.values)
    var image: [NodeID: NodeID] = [:]
    func renamed(_ index: Index) -> Index { names[index] ?? index }
    for node in reachable(roots) {
      guard free[Int(node)].contains(where: { names[$0] != nil }) else {
        image[node] = node
        continue
      }
      switch nodes[Int(node)] {
      case .symbol(let symbol, let indices): image[node] = entry(symbol, indices.map(renamed))
      case .delta(let first, let second): image[node] = delta(renamed(first), renamed(second))
      case .softmax(let child, over: let index):
        let free = free[Int(node)]
        if free.contains(where: { $0 != index && renamed($0) == renamed(index) }) {
          // Σ over a copy that must agree with the index: a softmax along the diagonal would be another thing.
          let copy = copy(of: index)
          var apart = names
          apart[index] = copy
          let weights = softmax(rename([child], apart)[0], over: copy)
          let body = product([weights, delta(copy, renamed(index))])
          image[node] = intern(.contraction([copy], body), free: self.free[Int(body)].filter { $0 != copy })
        } else {
          image[node] = softmax(image[child] ?? child, over: renamed(index))
        }
      case .contraction(let indices, let child):
        // Bound indices keep their name unless a new one would be captured, or they are themselves renamed
        // outside: there the child must be renamed apart from the names that it binds.
        let captured = indices.filter { targets.contains($0) || names[$0] != nil }
        if captured.isEmpty {
          image[node] = contraction(indices, image[child] ?? child)
        } else {
          let fresh = Dictionary(uniqueKeysWithValues: captured.map { ($0, copy(of: $0)) })
          let inner = rename([child], names.filter { !indices.contains($0.key) }.merging(fresh) { $1 })[0]
          image[node] = contraction(indices.map { fresh[$0] ?? $0 }, inner)
        }
      default: image[node] = rebuild(node) { image[$0] ?? $0 }
      }
    }
    return roots.map { image[$0] ?? $0 }
  }
}

extension Expression {
  /// Renames free indices, avoiding capture.
  public func renaming(_ names: [Index: Index]) -> Expression {
    Expression(graph, graph.rename([id], names)[0])
  }
}

/// Replaces expressions by others of the same free indices in several expressions at once.
public func substitute(
  _ replacements: [Expression: Expression], in expressions: [Expression]
) -> [Expression] {
  guard let graph = expressions.first?.graph else { return [] }
  let map = Dictionary(uniqueKeysWithValues: replacements.map { ($0.key.id, $0.value.id) })
  return graph.substitute(expressions.map(\.id), map).map { Expression(graph, $0) }
}
