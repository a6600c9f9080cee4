/// What symbols, indices and numbers are called in the textual form.
///
/// A name that several declarations of the graph share is followed by `#` and the declaration's number; one that
/// is no plain identifier stands in double quotes.
struct TextNames {
  private let symbols: [String]
  private let indices: [String]
  /// By what is printed.
  let symbolsByName: [String: Symbol]
  let indicesByName: [String: Index]

  static let reserved = Set(["let", "sum", "softmax", "delta", "guarded_power", "largest", "inf", "nan"])
    .union(Function.byKeyword.keys)

  init(_ graph: ExpressionGraph) {
    symbols = Self.unambiguous(graph.declarations.map(\.name))
    indices = Self.unambiguous(graph.indexNames.map(\.text))
    symbolsByName = Dictionary(
      uniqueKeysWithValues: symbols.enumerated().map { ($0.element, Symbol(id: Int32($0.offset))) })
    let extents = graph.indexExtents
    indicesByName = Dictionary(
      uniqueKeysWithValues: indices.enumerated().compactMap { position, name in
        extents[Int32(position)].map { (name, Index(id: Int32(position), extent: $0)) }
      })
  }

  func symbol(_ symbol: Symbol) -> String { symbols[Int(symbol.id)] }
  func index(_ index: Index) -> String { indices[Int(index.id)] }

  /// Rationals as `3/4`; doubles with a point or an exponent, all their digits.
  func literal(_ number: Number) -> String {
    if case .real(let value) = number, value.isNaN { return "nan" }
    return "\(number)"
  }

  private static func unambiguous(_ names: [String]) -> [String] {
    var counts: [String: Int] = [:]
    for name in names { counts[name, default: 0] += 1 }
    return names.enumerated().map { position, name in
      quoted(name) + ((counts[name] ?? 0) > 1 ? "#\(position)" : "")
    }
  }

  private static func quoted(_ name: String) -> String {
    let isPlain =
      name.unicodeScalars.first.map(isLetter) == true
      && name.unicodeScalars.allSatisfy { isLetter($0) || isDigit($0) || $0 == "'" }
    guard !isPlain || reserved.contains(name) else { return name }
    let escaped = name.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    return "\"\(escaped)\""
  }

  static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
  }

  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}

extension ExpressionGraph {
  /// Extents of the indices that occur in an expression, by their number.
  fileprivate var indexExtents: [Int32: Int] {
    var extents: [Int32: Int] = [:]
    for indices in free { for index in indices { extents[index.id] = index.extent } }
    return extents
  }
}
