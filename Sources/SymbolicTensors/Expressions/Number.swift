import Foundation

/// A constant of an expression: an exact rational as long as it fits 64-bit integers, a double otherwise.
public enum Number: Hashable, Sendable {
  /// In lowest terms with a positive denominator.
  case rational(Int, Int)
  case real(Double)

  public static let zero = Number.rational(0, 1)
  public static let one = Number.rational(1, 1)

  public init(_ value: Int) { self = .rational(value, 1) }

  /// Integers stay exact.
  public init(_ value: Double) {
    self = value == value.rounded() && abs(value) < 0x1p53 ? .rational(Int(value), 1) : .real(value)
  }

  /// numerator/denominator in lowest terms.
  ///
  /// - Precondition: the denominator is not zero.
  public init(_ numerator: Int, over denominator: Int) {
    precondition(denominator != 0, "a rational's denominator is not zero")
    let divisor = greatestCommonDivisor(numerator, denominator) * (denominator < 0 ? -1 : 1)
    self = .rational(numerator / divisor, denominator / divisor)
  }

  public var doubleValue: Double {
    switch self {
    case .rational(let numerator, let denominator): Double(numerator) / Double(denominator)
    case .real(let value): value
    }
  }

  /// The value if it is an integer.
  public var integer: Int? {
    if case .rational(let numerator, 1) = self { numerator } else { nil }
  }

  public var isZero: Bool { self == .zero || self == .real(0) }
  public var isOne: Bool { self == .one || self == .real(1) }
  public var isNegative: Bool { doubleValue < 0 }
}

extension Number: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self.init(value) }
}

extension Number {
  public static func + (left: Number, right: Number) -> Number {
    if case (.rational(let a, let b), .rational(let c, let d)) = (left, right),
      let ad = product(a, d), let cb = product(c, b), let bd = product(b, d), let sum = sum(ad, cb)
    {
      return Number(sum, over: bd)
    }
    return .real(left.doubleValue + right.doubleValue)
  }

  public static func * (left: Number, right: Number) -> Number {
    if case (.rational(let a, let b), .rational(let c, let d)) = (left, right) {
      // Cross-cancelled first, so that the products overflow only when the result does.
      let (g, h) = (max(1, greatestCommonDivisor(a, d)), max(1, greatestCommonDivisor(c, b)))
      if let numerator = product(a / g, c / h), let denominator = product(b / h, d / g) {
        return Number(numerator, over: denominator)
      }
    }
    return .real(left.doubleValue * right.doubleValue)
  }

  public static prefix func - (number: Number) -> Number { number * -1 }
  public static func - (left: Number, right: Number) -> Number { left + -right }

  /// nil for 0.
  public var reciprocal: Number? {
    switch self {
    case .rational(0, _): nil
    case .rational(let numerator, let denominator): Number(denominator, over: numerator)
    case .real(let value): .real(1 / value)
    }
  }

  /// The power when it is known exactly or the base is a double; nil where a root would lose exactness.
  func raised(to exponent: Number) -> Number? {
    if isOne { return .one }
    if case .real(let value) = self { return .real(pow(value, exponent.doubleValue)) }
    guard let integer = exponent.integer, abs(integer) <= 64, !(isZero && integer < 0) else { return nil }
    let base = integer < 0 ? reciprocal ?? .zero : self
    return (0..<abs(integer)).reduce(.one) { power, _ in power * base }
  }
}

extension Number: Comparable {
  public static func < (left: Number, right: Number) -> Bool { left.doubleValue < right.doubleValue }
}

extension Number: CustomStringConvertible {
  public var description: String {
    switch self {
    case .rational(let numerator, 1): "\(numerator)"
    case .rational(let numerator, let denominator): "\(numerator)/\(denominator)"
    case .real(let value): "\(value)"
    }
  }
}

private func product(_ a: Int, _ b: Int) -> Int? {
  let (result, overflow) = a.multipliedReportingOverflow(by: b)
  return overflow ? nil : result
}

private func sum(_ a: Int, _ b: Int) -> Int? {
  let (result, overflow) = a.addingReportingOverflow(b)
  return overflow ? nil : result
}

/// Non-negative; Euclid.
func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (abs(a), abs(b))
  while b != 0 { (a, b) = (b, a % b) }
  return a
}
