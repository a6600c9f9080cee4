/// Products: flat, collected into powers, ordered, with the numeric factor outside.
extension ExpressionGraph {
  func product(_ nodes: [NodeID]) -> NodeID {
    product(nodes.map { Factor(base: $0, exponent: .one) })
  }

  func power(_ base: NodeID, _ exponent: Number) -> NodeID {
    product([Factor(base: base, exponent: exponent)])
  }

  /// Π base^exponent in canonical form. Nested products are merged when the exponents allow it
  /// ((x^r)^n = x^{rn} for integer n only), a numeric factor ends up as the coefficient of a one-term sum.
  ///
  /// O(f log f) in the number of merged factors.
  func product(_ factors: [Factor]) -> NodeID {
    var collected: [NodeID: Number] = [:]
    var coefficient = Number.one
    var pending = factors
    while let factor = pending.popLast() {
      guard !factor.exponent.isZero else { continue }
      let whole = factor.exponent.integer != nil
      switch nodes[Int(factor.base)] {
      case .number(let value):
        if let power = value.raised(to: factor.exponent) ?? rounded(value, factor.exponent) {
          coefficient = coefficient * power
        } else {
          collected[factor.base, default: .zero] = collected[factor.base, default: .zero] + factor.exponent
        }
      case .product(let inner) where whole:
        pending += inner.map { Factor(base: $0.base, exponent: $0.exponent * factor.exponent) }
      // Taken apart without a division: c·(1/c) need not be 1 for doubles.
      case .sum(let terms) where whole && terms.count == 1 && power(terms[0], factor.exponent) != nil:
        coefficient = coefficient * (power(terms[0], factor.exponent) ?? .one)
        pending.append(Factor(base: terms[0].node, exponent: factor.exponent))
      case .sum(let terms)
      where whole && arithmetic == .exact && terms.count > 1 && !content(terms).isOne:
        // The sum's content goes outside: 2x·y and 2·(x y) must be the same node.
        let content = content(terms)
        guard let power = content.raised(to: factor.exponent) else {
          collected[factor.base, default: .zero] = collected[factor.base, default: .zero] + factor.exponent
          continue
        }
        coefficient = coefficient * power
        let primitive = sum(terms.map { Term(coefficient: $0.coefficient / content, node: $0.node) })
        pending.append(Factor(base: primitive, exponent: factor.exponent))
      case .delta where factor.exponent.isPositiveInteger:
        collected[factor.base] = .one
      default:
        collected[factor.base, default: .zero] = collected[factor.base, default: .zero] + factor.exponent
      }
    }
    if coefficient.isZero { return Self.zero }
    let merged = collected.filter { !$0.value.isZero }
      .map { Factor(base: $0.key, exponent: $0.value) }
      .sorted { $0.base < $1.base }
    return scaled(monomial(merged), by: coefficient)
  }

  private func rounded(_ base: Number, _ exponent: Number) -> Number? {
    arithmetic == .rounded ? .real(exponent.power(of: base.doubleValue)) : nil
  }

  /// nil where the power is not known exactly or leaves the range of doubles.
  private func power(_ term: Term, _ exponent: Number) -> Number? {
    term.coefficient.raised(to: exponent).flatMap { $0.doubleValue.isFinite ? $0 : nil }
  }

  private func monomial(_ factors: [Factor]) -> NodeID {
    switch factors.count {
    case 0: Self.one
    case 1 where factors[0].exponent.isOne: factors[0].base
    default: intern(.product(factors), free: union(factors.map(\.base)))
    }
  }

  /// What can be taken out of a sum so that proportional sums become equal: the sign of the first term times
  /// the greatest common divisor of its coefficients if all are rational.
  private func content(_ terms: [Term]) -> Number {
    var (numerator, denominator) = (0, 1)
    for term in terms {
      guard case .rational(let n, let d) = term.coefficient else { return .one }
      let multiple = (denominator / greatestCommonDivisor(denominator, d))
        .multipliedReportingOverflow(by: d)
      guard !multiple.overflow else { return .one }
      numerator = greatestCommonDivisor(numerator, n)
      denominator = multiple.partialValue
    }
    return Number(terms[0].coefficient.isNegative ? -numerator : numerator, over: denominator)
  }

  /// A node read as a product: factors and the numeric coefficient in front.
  func factors(of node: NodeID) -> (coefficient: Number, factors: [Factor]) {
    switch nodes[Int(node)] {
    case .number(let value): (value, [])
    case .product(let factors): (.one, factors)
    case .sum(let terms) where terms.count == 1:
      (terms[0].coefficient, factors(of: terms[0].node).factors)
    default: (.one, [Factor(base: node, exponent: .one)])
    }
  }
}

extension Number {
  fileprivate static func / (left: Number, right: Number) -> Number { left * (right.reciprocal ?? .one) }
  fileprivate var isPositiveInteger: Bool { (integer ?? 0) > 0 }
}
