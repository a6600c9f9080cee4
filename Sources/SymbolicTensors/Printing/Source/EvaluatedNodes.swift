/// Which nodes a program evaluates: a product that is only summed over has no array of its own, its sum is
/// accumulated factor by factor.
extension ExpressionGraph {
  /// In topological order.
  func evaluated(_ roots: [NodeID]) -> [NodeID] {
    var needed = Set(roots)
    for node in reachable(roots).reversed() where needed.contains(node) {
      needed.formUnion(operands(of: node))
    }
    return needed.sorted()
  }

  /// What a node's value is computed from: its children; of a sum over a product, the product's factors.
  func operands(of node: NodeID) -> [NodeID] {
    if case .contraction(_, let body) = nodes[Int(node)], case .product(let factors) = nodes[Int(body)] {
      return factors.map(\.base)
    }
    var children: [NodeID] = []
    forEachChild(of: node) { children.append($0) }
    return children
  }
}
