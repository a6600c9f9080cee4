/// What differs between the languages that loops are written in.
enum LoopDialect {
  case c, swift

  var end: String { self == .c ? ";" : "" }

  func loop(_ variable: String, _ extent: Int) -> String {
    switch self {
    case .c: "for (int \(variable) = 0; \(variable) < \(extent); \(variable)++) {"
    case .swift: "for \(variable) in 0..<\(extent) {"
    }
  }

  func constant(_ name: String, _ value: String) -> String {
    self == .c ? "const double \(name) = \(value);" : "let \(name): Double = \(value)"
  }

  func variable(_ name: String, _ value: String) -> String {
    self == .c ? "double \(name) = \(value);" : "var \(name): Double = \(value)"
  }

  func condition(_ text: String) -> String { self == .c ? "if (\(text)) {" : "if \(text) {" }

  func pointer(_ name: String, _ array: String, _ offset: Int) -> String {
    self == .c
      ? "double *\(name) = \(array) + \(offset);" : "let \(name) = \(array) + \(offset)"
  }

  func literal(_ number: Number) -> String {
    switch number {
    case .rational(let numerator, 1): literal(Double(numerator))
    case .rational(let numerator, let denominator):
      "(\(literal(Double(numerator))) / \(literal(Double(denominator))))"
    case .real(let value): literal(value)
    }
  }

  func literal(_ value: Double) -> String {
    if value.isFinite { return "\(value)" }
    let infinity = self == .c ? "INFINITY" : "Double.infinity"
    return value.isNaN ? (self == .c ? "NAN" : "Double.nan") : value < 0 ? "-\(infinity)" : infinity
  }

  func apply(_ function: Function, _ x: String) -> String {
    self == .c ? function.row.c(x) : function.row.swift(x)
  }

  /// base^exponent of a base that is a name or an array's entry.
  func power(_ base: String, _ exponent: Number) -> String {
    if exponent == Number(1, over: 2) { return "sqrt(\(base))" }
    if exponent == Number(-1, over: 2) { return "1.0 / sqrt(\(base))" }
    if let integer = exponent.integer, (1...3).contains(integer) {
      return Array(repeating: base, count: integer).joined(separator: " * ")
    }
    return "pow(\(base), \(literal(exponent)))"
  }
}
