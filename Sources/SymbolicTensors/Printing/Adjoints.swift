extension Expression {
  /// The derivatives of a scalar by intermediate results: what reverse accumulation computes on its way to the
  /// gradient. nil for an expression on which the scalar does not depend through the variables.
  ///
  /// - Parameter variables: entries of parameter symbols, as `gradient(_:)` takes them.
  public func adjoints(of intermediates: [Expression], on variables: [Expression]) -> [Expression?] {
    let symbols = Set(
      variables.compactMap { variable -> Symbol? in
        if case .symbol(let symbol, _) = graph.nodes[Int(variable.id)] { symbol } else { nil }
      })
    let adjoints = graph.adjoints(of: id, wanted: symbols)
    return intermediates.map { adjoints[$0.id].map { Expression(graph, $0) } }
  }
}
