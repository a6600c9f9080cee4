import Numerics

/// Evaluates expressions node by node as they stand, in any real type: slow, without the plan's rewriting, and
/// in extended precision a reference for plans and for derivatives.
public struct DirectEvaluator<Scalar: Real> {
  private let graph: ExpressionGraph
  private let values: [Symbol: [Scalar]]

  /// - Parameter values: each symbol's numbers, row-major.
  public init(_ graph: ExpressionGraph, values: [Symbol: [Scalar]]) {
    self.graph = graph
    self.values = values
  }

  /// The dense array of each expression over its free indices in their order.
  #if arch(x86_64)
    @_specialize(where Scalar == Float80)
  #endif
  @_specialize(where Scalar == Double)
  public func evaluate(_ expressions: [Expression]) -> [[Scalar]] {
    var arrays: [NodeID: [Scalar]] = [:]
    for node in graph.reachable(expressions.map(graph.node)) { arrays[node] = evaluate(node, arrays) }
    return expressions.map { arrays[$0.id] ?? [] }
  }

  private func evaluate(_ node: NodeID, _ arrays: [NodeID: [Scalar]]) -> [Scalar] {
    let domain = graph.free[Int(node)]
    let walk = Strides(domain)
    func operand(_ id: NodeID) -> [Scalar] { arrays[id] ?? [] }
    func offsets(_ id: NodeID) -> [Int] { walk.offsets(of: graph.free[Int(id)]) }
    switch graph.nodes[Int(node)] {
    case .number(let number): return [number.value(as: Scalar.self)]
    case .symbol(let symbol, let indices):
      let entries = values[symbol] ?? []
      return walk.offsets(of: indices).map { entries.indices.contains($0) ? entries[$0] : .nan }
    case .delta(let first, let second):
      return zip(walk.offsets(of: [first]), walk.offsets(of: [second])).map { $0 == $1 ? 1 : 0 }
    case .sum(let terms):
      var result = [Scalar](repeating: 0, count: walk.size)
      for term in terms {
        let (coefficient, array) = (term.coefficient.value(as: Scalar.self), operand(term.node))
        for (entry, offset) in offsets(term.node).enumerated() {
          result[entry] += coefficient * array[offset]
        }
      }
      return result
    case .product(let factors):
      var result = [Scalar](repeating: 1, count: walk.size)
      for factor in factors {
        let array = operand(factor.base).map { factor.exponent.power(of: $0) }
        for (entry, offset) in offsets(factor.base).enumerated() { result[entry] *= array[offset] }
      }
      return result
    case .function(let function, let argument): return operand(argument).map { function.value($0) }
    case .largest(let nodes):
      var result = [Scalar](repeating: -.infinity, count: walk.size)
      for node in nodes {
        let array = operand(node)
        for (entry, offset) in offsets(node).enumerated() {
          result[entry] = max(result[entry], array[offset])
        }
      }
      return result
    case .softmax(let logits, over: let index): return softmax(operand(logits), walk, index)
    case .contraction(_, let body):
      var result = [Scalar](repeating: 0, count: walk.size)
      let targets = Strides(graph.free[Int(body)]).offsets(of: domain)
      for (target, entry) in zip(targets, operand(body)) { result[target] += entry }
      return result
    }
  }

  private func softmax(_ logits: [Scalar], _ walk: Strides, _ index: Index) -> [Scalar] {
    let others = walk.domain.filter { $0 != index }
    let lines = walk.offsets(of: others)
    var largest = [Scalar](repeating: -.infinity, count: others.size)
    for (line, logit) in zip(lines, logits) where !(logit <= largest[line]) { largest[line] = logit }
    // All logits −∞: all weights 0.
    let weights = zip(lines, logits).map { line, logit in
      largest[line] == -.infinity ? 0 : Scalar.exp(logit - largest[line])
    }
    var total = [Scalar](repeating: 0, count: others.size)
    for (line, weight) in zip(lines, weights) { total[line] += weight }
    return zip(lines, weights).map { line, weight in
      largest[line] == -.infinity ? 0 : weight / total[line]
    }
  }

}

extension Real {
  /// A double's value in this type: sums of powers of two are exact.
  package init(_ value: Double) {
    guard value.isFinite, value != 0 else {
      self = value == 0 ? 0 : value > 0 ? .infinity : value < 0 ? -.infinity : .nan
      return
    }
    let significand = Int(value.significand * 0x1p52)
    self = Self(sign: .plus, exponent: 0, significand: Self(significand))
    self *= Self(sign: .plus, exponent: Self.Exponent(value.exponent - 52), significand: 1)
    if value < 0 { self.negate() }
  }
}
