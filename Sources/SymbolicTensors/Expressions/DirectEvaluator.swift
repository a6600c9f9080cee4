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
  public func evaluate(_ expressions: [Expression]) -> [[Scalar]] {
    var arrays: [NodeID: Tensor] = [:]
    for node in graph.reachable(expressions.map(\.id)) { arrays[node] = evaluate(node, arrays) }
    return expressions.map { arrays[$0.id]?.entries ?? [] }
  }

  private struct Tensor {
    let indices: [Index]
    var entries: [Scalar]

    /// The entry at a position of a larger domain.
    func entry(_ counter: [Int], _ domain: [Index]) -> Scalar {
      var offset = 0
      for index in indices {
        let position = domain.firstIndex(of: index).map { counter[$0] } ?? 0
        offset = offset * index.extent + position
      }
      return entries[offset]
    }
  }

  private func fill(_ domain: [Index], _ entry: ([Int]) -> Scalar) -> Tensor {
    var counter = [Int](repeating: 0, count: domain.count)
    var entries: [Scalar] = []
    for _ in 0..<domain.size {
      entries.append(entry(counter))
      for dimension in domain.indices.reversed() {
        counter[dimension] += 1
        if counter[dimension] < domain[dimension].extent { break }
        counter[dimension] = 0
      }
    }
    return Tensor(indices: domain, entries: entries)
  }

  private func evaluate(_ node: NodeID, _ arrays: [NodeID: Tensor]) -> Tensor {
    let domain = graph.free[Int(node)]
    func operand(_ id: NodeID) -> Tensor { arrays[id] ?? Tensor(indices: [], entries: [.nan]) }
    switch graph.nodes[Int(node)] {
    case .number(let number): return Tensor(indices: [], entries: [scalar(number)])
    case .symbol(let symbol, let indices):
      let entries = values[symbol] ?? []
      return fill(domain) { counter in
        let offset = indices.reduce(0) { offset, index in
          offset * index.extent + (domain.firstIndex(of: index).map { counter[$0] } ?? 0)
        }
        return entries.indices.contains(offset) ? entries[offset] : .nan
      }
    case .delta: return fill(domain) { $0[0] == $0[1] ? 1 : 0 }
    case .sum(let terms):
      return fill(domain) { counter in
        terms.reduce(0) { $0 + scalar($1.coefficient) * operand($1.node).entry(counter, domain) }
      }
    case .product(let factors):
      return fill(domain) { counter in
        factors.reduce(1) {
          $0 * power(operand($1.base).entry(counter, domain), $1.exponent)
        }
      }
    case .function(let function, let argument):
      return Tensor(indices: domain, entries: operand(argument).entries.map { apply(function, $0) })
    case .softmax(let logits, over: let index): return softmax(operand(logits), index)
    case .contraction(let indices, let body): return contraction(operand(body), over: indices, onto: domain)
    }
  }

  private func softmax(_ logits: Tensor, _ index: Index) -> Tensor {
    let domain = logits.indices
    let axis = domain.firstIndex(of: index) ?? 0
    func line(_ counter: [Int]) -> [Scalar] {
      (0..<index.extent).map { position in
        var counter = counter
        counter[axis] = position
        return logits.entry(counter, domain)
      }
    }
    return fill(domain) { counter in
      let line = line(counter)
      guard let largest = line.max(), largest > -.infinity else { return 0 }
      let total = line.reduce(0) { $0 + Scalar.exp($1 - largest) }
      return Scalar.exp(line[counter[axis]] - largest) / total
    }
  }

  private func contraction(_ body: Tensor, over indices: [Index], onto domain: [Index]) -> Tensor {
    var result = fill(domain) { _ in 0 }
    let axes = domain.map { body.indices.firstIndex(of: $0) ?? 0 }
    var counter = [Int](repeating: 0, count: body.indices.count)
    for entry in body.entries {
      let offset = zip(domain, axes).reduce(0) { $0 * $1.0.extent + counter[$1.1] }
      result.entries[offset] += entry
      for dimension in body.indices.indices.reversed() {
        counter[dimension] += 1
        if counter[dimension] < body.indices[dimension].extent { break }
        counter[dimension] = 0
      }
    }
    return result
  }

  private func scalar(_ number: Number) -> Scalar {
    switch number {
    case .rational(let numerator, let denominator): Scalar(numerator) / Scalar(denominator)
    case .real(let value): Scalar(value)
    }
  }

  private func power(_ base: Scalar, _ exponent: Number) -> Scalar {
    if let integer = exponent.integer { return .pow(base, integer) }
    return exponent == Number(1, over: 2) ? .sqrt(base) : .pow(base, scalar(exponent))
  }

  private func apply(_ function: Function, _ x: Scalar) -> Scalar {
    switch function {
    case .exp: .exp(x)
    case .log: .log(x)
    case .absolute: x < 0 ? -x : x
    case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
    case .rectifier: x > 0 ? x : 0
    case .step: x > 0 ? 1 : 0
    case .guardedPower(let exponent): x == 0 ? 0 : power(x, exponent)
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
