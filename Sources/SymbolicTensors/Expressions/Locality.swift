extension Expression {
  /// The indices along which a variable runs side by side with the expression: f(z, ·) has of y(z, ·) no other z.
  ///
  /// - Parameter variable: an entry of a symbol at distinct indices, as `gradient` takes it.
  /// - Returns: those of its indices that every entry of the symbol in the expression has in the same place and that
  ///   nothing around one of them binds; all where there is none.
  package func locality(of variable: Expression) -> Set<Index> {
    let (symbol, own) = graph.parameterEntry(graph.node(variable))
    var local = Set(own)
    var dependents = Set<NodeID>()
    for node in graph.reachable([id]) {
      if case .symbol(symbol, let indices) = graph.nodes[Int(node)] {
        dependents.insert(node)
        local.subtract(zip(own, indices).filter { $0 != $1 }.map(\.0))
        continue
      }
      var depends = false
      graph.forEachChild(of: node) { depends = depends || dependents.contains($0) }
      guard depends else { continue }
      dependents.insert(node)
      switch graph.nodes[Int(node)] {
      case .contraction(let bound, _): local.subtract(bound)
      case .softmax(_, over: let index): local.remove(index)
      default: break
      }
    }
    return local
  }
}
