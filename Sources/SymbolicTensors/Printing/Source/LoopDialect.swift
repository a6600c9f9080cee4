/// How languages that have cheap loops write them.
enum LoopDialect {
  case c, swift

  /// How they write all else.
  var source: SourceDialect { self == .c ? .c : .swift }

  func loop(_ variable: String, _ extent: Int) -> String {
    switch self {
    case .c: "for (int \(variable) = 0; \(variable) < \(extent); \(variable)++) {"
    case .swift: "for \(variable) in 0..<\(extent) {"
    }
  }

  func variable(_ name: String, _ value: String) -> String {
    self == .c ? "double \(name) = \(value);" : "var \(name): Double = \(value)"
  }

  func condition(_ text: String) -> String { self == .c ? "if (\(text)) {" : "if \(text) {" }

  func pointer(_ name: String, _ array: String, _ offset: Int) -> String {
    self == .c
      ? "double *\(name) = \(array) + \(offset);" : "let \(name) = \(array) + \(offset)"
  }
}
