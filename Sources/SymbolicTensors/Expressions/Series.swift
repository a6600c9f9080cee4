/// Power series in a scalar symbol about 0, by series arithmetic on the graph: Cauchy products and the classical
/// recurrences for powers, exp and log. Cost grows with the square of the order, not with repeated derivatives.
///
/// Source: Knuth, *The Art of Computer Programming* 2, 4.7.
struct Series {
  let graph: ExpressionGraph
  let order: Int
  /// The coefficients of an entry of a symbol, as many as are known; nil where the symbol is constant.
  let seed: (Symbol, [Index]) -> [NodeID]?

  /// About 0 in one scalar symbol.
  init(graph: ExpressionGraph, variable: Symbol, order: Int) {
    self.init(graph: graph, order: order) { symbol, _ in
      symbol == variable ? [ExpressionGraph.zero, ExpressionGraph.one] : nil
    }
  }

  init(graph: ExpressionGraph, order: Int, seed: @escaping (Symbol, [Index]) -> [NodeID]?) {
    self.graph = graph
    self.order = order
    self.seed = seed
  }

  /// The coefficients of 1, a, ..., a^order of each root; nil for a root that has no such series here.
  func coefficients(of roots: [NodeID]) -> [[NodeID]?] {
    var series: [NodeID: [NodeID]] = [:]
    var dependent = Set<NodeID>()
    for node in graph.reachable(roots) {
      if case .symbol(let symbol, let indices) = graph.nodes[Int(node)], let known = seed(symbol, indices) {
        dependent.insert(node)
        series[node] = padded(known)
        continue
      }
      var depends = false
      graph.forEachChild(of: node) { depends = depends || dependent.contains($0) }
      if depends {
        dependent.insert(node)
        series[node] = expand(node) { series[$0] }
      } else {
        series[node] = padded([node])
      }
    }
    return roots.map { series[$0] }
  }

  private func padded(_ coefficients: [NodeID]) -> [NodeID] {
    (0...order).map { $0 < coefficients.count ? coefficients[$0] : ExpressionGraph.zero }
  }

  private func expand(_ node: NodeID, _ child: (NodeID) -> [NodeID]?) -> [NodeID]? {
    switch graph.nodes[Int(node)] {
    case .number, .symbol, .delta: return nil
    case .sum(let terms):
      var series: [(Number, [NodeID])] = []
      for term in terms {
        guard let inner = child(term.node) else { return nil }
        series.append((term.coefficient, inner))
      }
      return (0...order).map { k in
        graph.sum(series.map { Term(coefficient: $0.0, node: $0.1[k]) })
      }
    case .product(let factors):
      var product: [NodeID]?
      for factor in factors {
        guard let base = child(factor.base), let power = power(base, factor.exponent) else { return nil }
        product = product.map { multiply($0, power) } ?? power
      }
      return product
    case .largest(let nodes):
      let values = nodes.compactMap { child($0)?[0] }
      return values.count == nodes.count ? padded([graph.largest(values)]) : nil
    case .function(.exp, let argument): return child(argument).map(exponential)
    case .function(.log, let argument): return child(argument).flatMap(logarithm)
    case .function(let function, let argument):
      return child(argument).flatMap { piecewise(function, $0) }
    case .softmax(let logits, over: let index): return child(logits).flatMap { softmax($0, index) }
    case .contraction(let indices, let body):
      return child(body)?.map { graph.contraction(indices, $0) }
    }
  }

  /// Σ of weighted products, the step of every recurrence.
  private func combination(_ terms: [(weight: Number, factors: [NodeID])]) -> NodeID {
    graph.sum(terms.map { Term(coefficient: $0.weight, node: graph.product($0.factors)) })
  }

  private func multiply(_ left: [NodeID], _ right: [NodeID]) -> [NodeID] {
    (0...order).map { k in combination((0...k).map { (.one, [left[$0], right[k - $0]]) }) }
  }

  private func power(_ base: [NodeID], _ exponent: Number) -> [NodeID]? {
    if exponent.isOne { return base }
    if base[0] == ExpressionGraph.zero {
      guard let integer = exponent.integer, integer > 0 else { return nil }
      return (1..<integer).reduce(base) { power, _ in multiply(power, base) }
    }
    return power(
      base, exponent, value: graph.power(base[0], exponent), inverse: graph.power(base[0], -1))
  }

  /// c_0 b_k = (1/k) Σ_{i=1..k} (i r − (k − i)) c_i b_{k−i}
  private func power(_ base: [NodeID], _ exponent: Number, value: NodeID, inverse: NodeID) -> [NodeID] {
    var result = [value]
    for k in stride(from: 1, through: order, by: 1) {
      result.append(
        combination(
          (1...k).map { i in
            let weight = (Number(i) * exponent - Number(k - i)) * Number(1, over: k)
            return (weight, [base[i], result[k - i], inverse])
          }))
    }
    return result
  }

  private func exponential(_ argument: [NodeID]) -> [NodeID] {
    var result = [graph.apply(.exp, to: argument[0])]
    for k in stride(from: 1, through: order, by: 1) {
      result.append(
        combination((1...k).map { i in (Number(i, over: k), [argument[i], result[k - i]]) }))
    }
    return result
  }

  private func logarithm(_ argument: [NodeID]) -> [NodeID]? {
    guard argument[0] != ExpressionGraph.zero else { return nil }
    let inverse = graph.power(argument[0], -1)
    var result = [graph.apply(.log, to: argument[0])]
    for k in stride(from: 1, through: order, by: 1) {
      let rest = (1..<k).map { i in (Number(-i, over: k), [result[i], argument[k - i], inverse]) }
      result.append(combination([(.one, [argument[k], inverse])] + rest))
    }
    return result
  }

  /// Functions that are smooth but at 0: the series of the piece that the constant term lies on.
  private func piecewise(_ function: Function, _ argument: [NodeID]) -> [NodeID]? {
    guard argument[0] != ExpressionGraph.zero else { return nil }
    let value = graph.apply(function, to: argument[0])
    switch function {
    case .exp, .log: return nil
    case .sign, .step: return padded([value])
    case .absolute, .rectifier:
      let slope = graph.apply(function == .absolute ? .sign : .step, to: argument[0])
      return [value] + argument.dropFirst().map { graph.product([slope, $0]) }
    case .guardedPower(let exponent):
      let inverse = graph.apply(.guardedPower(-1), to: argument[0])
      return power(argument, exponent, value: value, inverse: inverse)
    }
  }

  /// softmax(c_0 + δ) = s e^δ / Σ s e^δ with s = softmax(c_0).
  private func softmax(_ logits: [NodeID], _ index: Index) -> [NodeID]? {
    let start =
      graph.free[Int(logits[0])].contains(index)
      ? graph.softmax(logits[0], over: index) : graph.number(Number(1, over: index.extent))
    let growth = exponential([ExpressionGraph.zero] + logits.dropFirst())
    let weighted = growth.map { graph.product([start, $0]) }
    let total = weighted.map { graph.contraction([index], $0) }
    return power([ExpressionGraph.one] + total.dropFirst(), -1).map { multiply(weighted, $0) }
  }
}

/// Expands expressions in powers of a scalar symbol about 0.
///
/// - Returns: for each expression the coefficients of 1, a, ..., a^order; nil where one has no power series.
/// - Complexity: O(order²) nodes for each node that depends on the symbol.
public func series(of expressions: [Expression], in variable: Symbol, order: Int) -> [[Expression]?] {
  guard let graph = expressions.first?.graph else { return [] }
  return Series(graph: graph, variable: variable, order: order)
    .coefficients(of: expressions.map(graph.node))
    .map { $0?.map { Expression(graph, $0) } }
}
