/// How symbols and chosen subexpressions are written in LaTeX.
///
/// Templates are LaTeX in which `#1`, `#2`, ... stand for the indices: `\mu_{#1}(#2,#3)`.
public struct Notation {
  var symbols: [Symbol: String] = [:]
  var named: [Expression: NamedExpression] = [:]

  public init() {}

  /// Writes a symbol's entries by a template; without one they are `\mu_{k,e,Z}`.
  public mutating func write(_ symbol: Symbol, as template: String) { symbols[symbol] = template }

  /// Gives an expression a name that stands in its place wherever it occurs.
  ///
  /// - Parameters:
  ///   - indices: what the template's parameters stand for.
  ///   - definition: whether an equation defines the name where it first occurs.
  public mutating func name(
    _ expression: Expression, _ template: String, _ indices: [Index] = [],
    definition: Definition = .printed
  ) {
    // A number or a bare symbol is shorter than any name.
    guard expression.graph.isInner(expression.id), named[expression] == nil else { return }
    named[expression] = NamedExpression(template: template, indices: indices, definition: definition)
  }

  public enum Definition: Sendable {
    case printed
    /// The same as another name's, with its indices renamed, or given in the text.
    case known
  }

  struct NamedExpression {
    let template: String
    let indices: [Index]
    let definition: Definition
  }
}

extension Notation {
  /// A name that has a subscript already is braced.
  static func subscripted(_ name: String, _ indices: String) -> String {
    (name.contains("_") ? "{\(name)}" : name) + "_{\(indices)}"
  }

  /// A template with its parameters filled in.
  static func fill(_ template: String, _ arguments: [String]) -> String {
    var text = ""
    var rest = Substring(template)
    while let mark = rest.firstIndex(of: "#") {
      text += rest[..<mark]
      let digit = rest.index(after: mark)
      guard digit < rest.endIndex, let position = rest[digit].wholeNumberValue,
        arguments.indices.contains(position - 1)
      else {
        text += "#"
        rest = rest[digit...]
        continue
      }
      text += arguments[position - 1]
      rest = rest[rest.index(after: digit)...]
    }
    return text + rest
  }
}

extension ExpressionGraph {
  /// What an index was called when it was made.
  public func name(of index: Index) -> String { indexNames[Int(index.id)].text }

  func isInner(_ node: NodeID) -> Bool {
    switch nodes[Int(node)] {
    case .number, .symbol, .delta: false
    default: true
    }
  }
}
