extension ExpressionGraph {
  /// The symbols on which expressions depend, in the order of their declaration.
  public func symbols(of expressions: [Expression]) -> [Symbol] {
    var symbols = Set<Symbol>()
    for node in reachable(expressions.map(node)) {
      if case .symbol(let symbol, _) = nodes[Int(node)] { symbols.insert(symbol) }
    }
    return symbols.sorted { $0.id < $1.id }
  }
}
