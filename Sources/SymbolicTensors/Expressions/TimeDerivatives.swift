/// Derivatives along a direction and along a flow, by series arithmetic on the graph: no Jacobian is formed.
///
/// θ(t + τ) = Σ θ_k τ^k solves θ' = f(θ) if (k + 1) θ_{k+1} is the coefficient of τ^k in f(Σ θ_i τ^i).
///
/// Source: Taylor's method, Hairer, Nørsett, Wanner, *Solving Ordinary Differential Equations I*, I.8.

/// The derivatives of expressions along a direction in the space of some variables: Σ_v ∂f/∂v · direction_v.
///
/// - Parameters:
///   - variables: entries of symbols at distinct indices, as in `Expression.gradient(_:)`.
///   - direction: one expression a variable, on indices of its entry or fewer.
/// - Returns: an expression each on the indices of the original or fewer; nil for one that takes a root or
///   logarithm of 0, or a kink at it, whatever the variables.
/// - Complexity: a small multiple of the size of the expressions, whatever the number of variables.
public func derivatives(
  of expressions: [Expression], along direction: [Expression], in variables: [Expression]
) -> [Expression?] {
  guard let graph = expressions.first?.graph else { return [] }
  let path = Path(graph, variables)
  let terms = zip(path.start, direction).map { [$0, $1.id] }
  return path.series(of: expressions.map(\.id), along: terms, order: 1)
    .map { $0.map { Expression(graph, $0[1]) } }
}

/// The time derivatives y', y'', ... of a solution of y' = rates, as expressions in the state y.
///
/// - Parameters:
///   - state: entries of symbols at distinct indices.
///   - rates: y', one expression a component of the state, on indices of its entry or fewer.
///   - order: of the last derivative, at least 1.
/// - Returns: by order from the first, then by component; nil where a rate takes a root, a logarithm or a kink
///   at 0.
/// - Complexity: O(order²) nodes for each node of the rates.
public func timeDerivatives(
  of state: [Expression], rates: [Expression], upTo order: Int
) -> [[Expression]]? {
  guard let graph = state.first?.graph else { return [] }
  let path = Path(graph, state)
  // By component: θ_0, θ_1, ...
  var solution = zip(path.start, rates).map { [$0, $1.id] }
  for known in stride(from: 1, to: order, by: 1) {
    for (component, series) in path.series(of: rates.map(\.id), along: solution, order: known).enumerated() {
      guard let series else { return nil }
      solution[component].append(graph.scaled(series[known], by: Number(1, over: known + 1)))
    }
  }
  var factorial = Number.one
  return (1...max(order, 1)).map { k in
    factorial = factorial * Number(k)
    return solution.map { Expression(graph, graph.scaled($0[k], by: factorial)) }
  }
}

/// Variables that move with a parameter τ.
private struct Path {
  let graph: ExpressionGraph
  /// The variables' own entries.
  let start: [NodeID]
  private var positions: [Symbol: (position: Int, indices: [Index])] = [:]

  init(_ graph: ExpressionGraph, _ variables: [Expression]) {
    self.graph = graph
    start = variables.map(\.id)
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
