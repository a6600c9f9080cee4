/// The equations y' = f(y) of a flow in tensor form, and what follows from them.
public struct RateEquations {
  /// Entries of symbols at distinct indices.
  public let state: [Expression]
  /// f, one expression a component of the state, on indices of its entry or fewer.
  public let rates: [Expression]

  /// - Precondition: the state's expressions are such entries, of one graph, and there is one at least.
  public init(state: [Expression], rates: [Expression]) {
    self.state = state
    self.rates = rates
  }

  public var graph: ExpressionGraph { state[0].graph }

  /// The Jacobian of a flow times a vector.
  public struct JacobianProduct {
    /// The vector, one symbol a component of the state.
    public let direction: [Symbol]
    /// Σ_y ∂f/∂y · direction, by component.
    public let product: [Expression]
  }

  /// ∂f/∂y times a vector that is given at each evaluation. Of a gradient flow it is minus the Hessian's product.
  ///
  /// - Returns: nil where a rate takes a root, a logarithm or a kink at 0.
  /// - Complexity: a small multiple of the size of the rates.
  public func jacobianProduct() -> JacobianProduct? {
    var symbols: [Symbol] = []
    var direction: [Expression] = []
    for entry in state {
      let (symbol, indices) = graph.parameterEntry(entry.id)
      let along = graph.symbol(
        "u_\(graph.name(of: symbol))", shape: graph.shape(of: symbol), role: .variable)
      symbols.append(along)
      direction.append(graph(along, at: indices))
    }
    let product = derivatives(of: rates, along: direction, in: state).compactMap { $0 }
    return product.count == rates.count ? JacobianProduct(direction: symbols, product: product) : nil
  }

  /// y', y'', ... along a solution, as expressions in the state: directional derivatives, no Jacobian is formed.
  ///
  /// - Parameter order: of the last derivative, at least 1.
  /// - Returns: by order from the first, then by component; nil where a rate takes a root, a logarithm or a kink
  ///   at 0.
  /// - Complexity: O(order²) nodes for each node of the rates.
  public func timeDerivatives(upTo order: Int) -> [[Expression]]? {
    let path = Path(graph, state)
    // By component: y_0, y_1, ... of y(t + τ) = Σ y_k τ^k.
    var solution = zip(path.start, rates).map { [$0, graph.node($1)] }
    for known in stride(from: 1, to: order, by: 1) {
      let expanded = path.series(of: rates.map(graph.node), along: solution, order: known)
      for (component, series) in expanded.enumerated() {
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
}
