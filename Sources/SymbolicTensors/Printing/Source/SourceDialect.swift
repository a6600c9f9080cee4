/// A language that equations are written in: its numbers, functions and single statements.
enum SourceDialect {
  case c, swift, python

  var end: String { self == .c ? ";" : "" }

  func constant(_ name: String, _ value: String) -> String {
    switch self {
    case .c: "const double \(name) = \(value);"
    case .swift: "let \(name): Double = \(value)"
    case .python: "\(name) = \(value)"
    }
  }

  /// Whole numbers in Python without a point, as its powers have them.
  func literal(_ number: Number) -> String {
    switch number {
    case .rational(let numerator, 1): self == .python ? "\(numerator)" : literal(Double(numerator))
    case .rational(let numerator, let denominator):
      self == .python
        ? "(\(numerator) / \(denominator))"
        : "(\(literal(Double(numerator))) / \(literal(Double(denominator))))"
    case .real(let value): literal(value)
    }
  }

  /// With the digits that read back to the same number.
  func literal(_ value: Double) -> String {
    if value.isFinite { return "\(value)" }
    let (nan, infinity) =
      switch self {
      case .c: ("NAN", "INFINITY")
      case .swift: ("Double.nan", "Double.infinity")
      case .python: ("np.nan", "np.inf")
      }
    return value.isNaN ? nan : value < 0 ? "-\(infinity)" : infinity
  }

  /// Of a name or an array's entry.
  func apply(_ function: Function, _ x: String) -> String {
    switch self {
    case .c: function.row.c(x)
    case .swift: function.row.swift(x)
    case .python: function.row.numpy(x)
    }
  }

  /// base^exponent of a base that is a name or an array's entry.
  func power(_ base: String, _ exponent: Number) -> String {
    if self == .python, exponent.isNegative == false, exponent != Number(1, over: 2) {
      return "\(base)**\(literal(exponent))"
    }
    if exponent == Number(1, over: 2) { return self == .python ? "np.sqrt(\(base))" : "sqrt(\(base))" }
    if exponent == -1 { return "1.0 / \(base)" }
    if exponent.isNegative {
      let below = power(base, -exponent)
      return "1.0 / \(below.contains(" ") ? "(\(below))" : below)"
    }
    if let integer = exponent.integer, (1...4).contains(integer) {
      return Array(repeating: base, count: integer).joined(separator: " * ")
    }
    return "pow(\(base), \(literal(exponent)))"
  }

  func larger(_ first: String, _ second: String) -> String {
    self == .python ? "np.maximum(\(first), \(second))" : "(\(first) < \(second) ? \(second) : \(first))"
  }
}
