/// Derivatives along a direction and along a flow, by series arithmetic on the graph.
///
/// y(t + τ) = Σ y_k τ^k solves y' = f(y) if (k + 1) y_{k+1} is the coefficient of τ^k in f(Σ y_i τ^i).
///
/// Source: Taylor's method, Hairer, Nørsett, Wanner, *Solving Ordinary Differential Equations I*, I.8.

/// The derivatives of expressions along a direction in the space of some variables: Σ_v ∂f/∂v · direction_v.
///
/// - Parameters:
///   - variables: entries of symbols at distinct indices, as in `Expression.gradient(_:)`.
///   - direction: one expression a variable, on indices of its entry or fewer.
/// - Returns: an expression each, on the indices of the original or fewer; nil for one that takes a root, a
///   logarithm or a kink at 0 whatever the variables are.
/// - Complexity: a small multiple of the size of the expressions, whatever the number of variables.
public func derivatives(
  of expressions: [Expression], along direction: [Expression], in variables: [Expression]
) -> [Expression?] {
  guard let graph = expressions.first?.graph else { return [] }
  let path = Path(graph, variables)
  let terms = zip(path.start, direction).map { [$0, graph.node($1)] }
  return path.series(of: expressions.map(graph.node), along: terms, order: 1)
    .map { $0.map { Expression(graph, $0[1]) } }
}

/// Variables that move with a parameter τ.
struct Path {
  let graph: ExpressionGraph
  /// The variables' own entries.
  let start: [NodeID]
  private var positions: [Symbol: (position: Int, indices: [Index])] = [:]

  init(_ graph: ExpressionGraph, _ variables: [Expression]) {
    self.graph = graph
    start = variables.map(graph.node)
    for (position, variable) in variables.enumerated() {
      let entry = graph.parameterEntry(variable.id)
      positions[entry.symbol] = (position, entry.indices)
    }
  }

  /// The series in τ of expressions, given those of the variables.
  func series(of roots: [NodeID], along terms: [[NodeID]], order: Int) -> [[NodeID]?] {
    Series(graph: graph, order: order) { symbol, indices in
      guard let (position, own) = positions[symbol] else { return nil }
      let names = Dictionary(uniqueKeysWithValues: zip(own, indices))
      return graph.rename(terms[position], names)
    }.coefficients(of: roots)
  }
}
