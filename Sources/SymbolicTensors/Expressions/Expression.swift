/// A tensor expression over named indices: an immutable handle on a shared graph.
///
/// Equality is structural: two expressions of one graph are equal if and only if they are the same node.
public struct Expression {
  public let graph: ExpressionGraph
  let id: NodeID

  init(_ graph: ExpressionGraph, _ id: NodeID) {
    self.graph = graph
    self.id = id
  }

  /// The indices on which the value depends, in their order.
  public var freeIndices: [Index] { graph.free[Int(id)] }

  /// The value if the expression is a number.
  public var number: Number? { graph.constant(id) }

  /// The symbol if the expression is an entry of one.
  public var symbol: Symbol? {
    if case .symbol(let symbol, _) = graph.nodes[Int(id)] { symbol } else { nil }
  }

  public var isZero: Bool { id == ExpressionGraph.zero }
}

extension Expression: Hashable {
  public static func == (left: Expression, right: Expression) -> Bool {
    left.id == right.id && left.graph === right.graph
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

// MARK: - Building

extension ExpressionGraph {
  /// - Precondition: the expression is one of this graph.
  func node(_ expression: Expression) -> NodeID {
    precondition(
      expression.graph === self, "expressions of two graphs do not mix: build both over one ExpressionGraph")
    return expression.id
  }

  public func constant(_ value: Number) -> Expression { Expression(self, number(value)) }

  /// The entry of a tensor symbol; a scalar without indices.
  public func callAsFunction(_ symbol: Symbol, _ indices: Index...) -> Expression {
    Expression(self, entry(symbol, indices))
  }

  public func callAsFunction(_ symbol: Symbol, at indices: [Index]) -> Expression {
    Expression(self, entry(symbol, indices))
  }

  /// 1 where the two indices agree, else 0.
  public func kronecker(_ first: Index, _ second: Index) -> Expression {
    Expression(self, delta(first, second))
  }

  /// Σ of any number of expressions.
  public func sum(_ terms: some Sequence<Expression>) -> Expression {
    Expression(self, sum(terms.map { Term(coefficient: .one, node: node($0)) }))
  }

  /// Π of any number of expressions.
  public func product(_ factors: some Sequence<Expression>) -> Expression {
    Expression(self, product(factors.map(node)))
  }

  /// w_k/Σ w of several weights. Where all are exponentials the largest exponent is taken from each, so that shares
  /// come out whatever its size.
  public func shares(of weights: [Expression]) -> [Expression] {
    let exponents = weights.compactMap { weight -> NodeID? in
      if case .function(.exp, let exponent) = nodes[Int(node(weight))] { exponent } else { nil }
    }
    guard exponents.count == weights.count else {
      let total = sum(weights)
      return weights.map { $0 / total }
    }
    let shift = Term(coefficient: -1, node: largest(exponents))
    let shifted = exponents.map { exponent in
      apply(.exp, to: sum([Term(coefficient: .one, node: exponent), shift]))
    }
    let total = Factor(base: sum(shifted.map { Term(coefficient: .one, node: $0) }), exponent: -1)
    return shifted.map { Expression(self, product([Factor(base: $0, exponent: .one), total])) }
  }
}

extension Expression {
  public static func + (left: Expression, right: Expression) -> Expression {
    left.graph.sum([left, right])
  }

  public static func - (left: Expression, right: Expression) -> Expression {
    let graph = left.graph
    let terms = [
      Term(coefficient: .one, node: left.id), Term(coefficient: -1, node: graph.node(right)),
    ]
    return Expression(graph, graph.sum(terms))
  }

  public static func * (left: Expression, right: Expression) -> Expression {
    left.graph.product([left, right])
  }

  public static func / (left: Expression, right: Expression) -> Expression {
    let graph = left.graph
    let factors = [
      Factor(base: left.id, exponent: .one), Factor(base: graph.node(right), exponent: -1),
    ]
    return Expression(graph, graph.product(factors))
  }

  public static prefix func - (argument: Expression) -> Expression { -1 * argument }

  public static func * (left: Number, right: Expression) -> Expression {
    Expression(right.graph, right.graph.scaled(right.id, by: left))
  }

  public static func + (left: Expression, right: Number) -> Expression {
    left + left.graph.constant(right)
  }

  public static func - (left: Expression, right: Number) -> Expression { left + -right }

  /// self^exponent.
  public func power(_ exponent: Number) -> Expression {
    Expression(graph, graph.power(id, exponent))
  }

  public var squared: Expression { power(2) }

  public func applying(_ function: Function) -> Expression {
    Expression(graph, graph.apply(function, to: id))
  }

  public var exponential: Expression { applying(.exp) }
  public var logarithm: Expression { applying(.log) }

  /// exp(self)/Σ exp(self) over a free index; −∞ is weight 0, and all weights are 0 where every logit is −∞.
  public func softmax(over index: Index) -> Expression {
    Expression(graph, graph.softmax(id, over: index))
  }

  /// Σ over indices; one that the expression does not depend on contributes its extent.
  public func sum(over indices: Index...) -> Expression { sum(over: indices) }

  public func sum(over indices: [Index]) -> Expression {
    Expression(graph, graph.contraction(indices, id))
  }
}
