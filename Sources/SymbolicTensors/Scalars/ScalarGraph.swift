import Foundation

/// Builds scalar nodes: equal ones once, constants folded, zero terms dropped, single terms merged.
struct ScalarGraph {
  private(set) var nodes: [ScalarNode] = []
  private var positions: [ScalarNode: ScalarID] = [:]

  init() {
    _ = intern(.number(.zero))
    _ = intern(.number(.one))
  }

  static let zero: ScalarID = 0
  static let one: ScalarID = 1

  mutating func intern(_ node: ScalarNode) -> ScalarID {
    if let known = positions[node] { return known }
    let id = ScalarID(nodes.count)
    nodes.append(node)
    positions[node] = id
    return id
  }

  mutating func number(_ value: Number) -> ScalarID { intern(.number(value)) }

  func constant(_ node: ScalarID) -> Number? {
    if case .number(let value) = nodes[Int(node)] { value } else { nil }
  }

  /// Σ coefficient·node. Sums of several terms stay whole inside others, so that sharing survives.
  mutating func sum(_ terms: some Sequence<ScalarTerm>) -> ScalarID {
    var collected: [ScalarID: Number] = [:]
    for term in terms {
      let (coefficient, node) = monomial(term.node)
      let weight = term.coefficient * coefficient
      collected[node] = collected[node].map { $0 + weight } ?? weight
    }
    if let constant = collected[Self.one]?.doubleValue, !constant.isFinite {
      return number(.real(constant))
    }
    let merged = collected.filter { !$0.value.isZero }
      .map { ScalarTerm(coefficient: $0.value, node: $0.key) }
      .sorted { $0.node < $1.node }
    switch merged.count {
    case 0: return Self.zero
    case 1 where merged[0].node == Self.one: return number(merged[0].coefficient)
    case 1 where merged[0].coefficient.isOne: return merged[0].node
    default: return intern(.sum(merged))
    }
  }

  /// A node read as coefficient·node.
  private func monomial(_ node: ScalarID) -> (Number, ScalarID) {
    switch nodes[Int(node)] {
    case .number(let value): (value, Self.one)
    case .sum(let terms) where terms.count == 1: (terms[0].coefficient, terms[0].node)
    default: (.one, node)
    }
  }

  /// Π base^exponent; (x^r)^n = x^{rn} for integer n only.
  mutating func product(_ factors: some Sequence<ScalarFactor>) -> ScalarID {
    var collected: [ScalarID: Number] = [:]
    var coefficient = Number.one
    for factor in factors where !factor.exponent.isZero {
      let isWhole = factor.exponent.integer != nil
      let (scale, node) = monomial(factor.base)
      if node == Self.one {
        coefficient = coefficient * scale.power(factor.exponent)
      } else if !isWhole {
        collected[factor.base, default: .zero] = collected[factor.base, default: .zero] + factor.exponent
      } else {
        coefficient = coefficient * scale.power(factor.exponent)
        if case .product(let inner) = nodes[Int(node)] {
          for part in inner {
            collected[part.base, default: .zero] =
              collected[part.base, default: .zero] + part.exponent * factor.exponent
          }
        } else {
          collected[node, default: .zero] = collected[node, default: .zero] + factor.exponent
        }
      }
    }
    if coefficient.isZero { return Self.zero }
    let merged = collected.filter { !$0.value.isZero }
      .map { ScalarFactor(base: $0.key, exponent: $0.value) }
      .sorted { $0.base < $1.base }
    let product =
      switch merged.count {
      case 0: Self.one
      case 1 where merged[0].exponent.isOne: merged[0].base
      default: intern(.product(merged))
      }
    return coefficient.isOne ? product : sum([ScalarTerm(coefficient: coefficient, node: product)])
  }

  mutating func apply(_ function: Function, to argument: ScalarID) -> ScalarID {
    if let value = constant(argument) { return number(function.value(value)) }
    return intern(.function(function, argument))
  }

  mutating func maximum(_ arguments: [ScalarID]) -> ScalarID {
    let distinct = Set(arguments).sorted()
    return distinct.count == 1 ? distinct[0] : intern(.maximum(distinct))
  }
}

extension Number {
  /// Exact where the result is rational and fits, else rounded.
  fileprivate func power(_ exponent: Number) -> Number {
    raised(to: exponent) ?? .real(pow(doubleValue, exponent.doubleValue))
  }
}

extension Function {
  /// Of a constant: exact where that is known, else rounded.
  fileprivate func value(_ argument: Number) -> Number {
    let x = argument.doubleValue
    return switch self {
    case .exp: argument.isZero ? .one : .real(Foundation.exp(x))
    case .log: argument.isOne ? .zero : .real(Foundation.log(x))
    case .absolute: argument.isNegative ? -argument : argument
    case .sign: x > 0 ? .one : x < 0 ? -1 : .zero
    case .rectifier: x > 0 ? argument : .zero
    case .step: x > 0 ? .one : .zero
    case .guardedPower(let exponent): x == 0 ? .zero : argument.power(exponent)
    }
  }
}
