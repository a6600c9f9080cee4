/// Whether a scalar is zero by algebra alone: its sums are multiplied out over a common denominator until nothing
/// or something is left. Contractions and functions count as unknowns, so a true identity may be missed, but what
/// is found holds.
extension ExpressionGraph {
  func vanishesIdentically(_ node: NodeID) -> Bool {
    if node == Self.zero { return true }
    guard free[Int(node)].isEmpty else { return false }
    var expansion = Expansion(self)
    return expansion.vanishes(node)
  }
}

private struct Expansion {
  private let graph: ExpressionGraph
  private typealias Polynomial = [[Factor]: Number]
  private var expanded: [NodeID: Polynomial] = [:]

  /// How many products of monomials are still made; what takes more is left open.
  private var budget = 500_000

  init(_ graph: ExpressionGraph) { self.graph = graph }

  mutating func vanishes(_ node: NodeID) -> Bool {
    guard var polynomial = polynomial(of: node) else { return false }
    while let denominator = denominator(of: polynomial) {
      guard let base = self.polynomial(of: denominator.base) else { return false }
      var cleared: Polynomial = [:]
      for (monomial, coefficient) in polynomial {
        let own = monomial.first { $0.base == denominator.base }?.exponent ?? .zero
        guard let missing = (own + denominator.power).integer else { return false }
        let rest = monomial.filter { $0.base != denominator.base }
        guard let power = power(base, missing), let product = multiply([rest: coefficient], power) else {
          return false
        }
        for (key, value) in product { cleared[key, default: .zero] = cleared[key, default: .zero] + value }
      }
      polynomial = cleared.filter { !$0.value.isZero }
    }
    return polynomial.isEmpty
  }

  /// A sum that some monomial divides by, with its highest power.
  private func denominator(of polynomial: Polynomial) -> (base: NodeID, power: Number)? {
    var highest: [NodeID: Number] = [:]
    for monomial in polynomial.keys {
      for factor in monomial where factor.exponent.isNegative && factor.exponent.integer != nil {
        guard case .sum = graph.nodes[Int(factor.base)] else { continue }
        highest[factor.base] = max(highest[factor.base] ?? .zero, -factor.exponent)
      }
    }
    return highest.max { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private mutating func polynomial(of node: NodeID) -> Polynomial? {
    if let known = expanded[node] { return known }
    let result: Polynomial?
    switch graph.nodes[Int(node)] {
    case .number(let value): result = [[]: value]
    case .sum(let terms):
      var total: Polynomial = [:]
      for term in terms {
        guard let part = polynomial(of: term.node) else { return nil }
        for (monomial, value) in part {
          total[monomial, default: .zero] = total[monomial, default: .zero] + term.coefficient * value
        }
      }
      result = total.filter { !$0.value.isZero }
    case .product(let factors):
      var product: Polynomial? = [[]: .one]
      for factor in factors {
        guard let current = product else { break }
        if let count = factor.exponent.integer, (1...4).contains(count) {
          guard let base = polynomial(of: factor.base), let raised = power(base, count) else { return nil }
          product = multiply(current, raised)
        } else {
          product = multiply(current, [[factor]: .one])
        }
      }
      result = product
    case .function(.absolute, let argument):
      // |x| = x·sign(x), so that it meets its own derivative.
      let sign = graph.apply(.sign, to: argument)
      guard let base = polynomial(of: argument) else { return nil }
      result = multiply(base, [[Factor(base: sign, exponent: .one)]: .one])
    default: result = [[Factor(base: node, exponent: .one)]: .one]
    }
    expanded[node] = result
    return result
  }

  private mutating func power(_ base: Polynomial, _ exponent: Int) -> Polynomial? {
    var result: Polynomial? = [[]: .one]
    for _ in 0..<exponent {
      guard let current = result else { return nil }
      result = multiply(current, base)
    }
    return result
  }

  private mutating func multiply(_ left: Polynomial, _ right: Polynomial) -> Polynomial? {
    budget -= left.count * right.count
    guard budget >= 0 else { return nil }
    var result: Polynomial = [:]
    for (a, x) in left {
      for (b, y) in right {
        var exponents: [NodeID: Number] = [:]
        for factor in a + b {
          exponents[factor.base, default: .zero] = exponents[factor.base, default: .zero] + factor.exponent
        }
        let monomial = exponents.filter { !$0.value.isZero }
          .map { Factor(base: $0.key, exponent: $0.value) }.sorted { $0.base < $1.base }
        result[monomial, default: .zero] = result[monomial, default: .zero] + x * y
      }
    }
    return result.filter { !$0.value.isZero }
  }
}
