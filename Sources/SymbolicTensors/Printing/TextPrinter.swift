/// The plain textual form: one line per expression, `let` lines before them for what is shared or long.
///
///     let %1 = softmax[j](w1[j])
///     sum[Z](mu[k, e, Z]*exp(a*%1)) - 3/4*c_1^2
///
/// Printing is a loop over the graph in topological order, so deep expressions are no danger, and `let` keeps
/// the text linear in the size of the shared graph.
extension ExpressionGraph {
  /// The textual form of several expressions; `parse(_:)` of it gives the same expressions.
  ///
  /// Order and names follow the order in which the graph was built. O(size of the shared graph).
  public func text(of expressions: [Expression]) -> String {
    var printer = TextPrinter(self)
    return printer.lines(expressions.map(node)).joined(separator: "\n") + "\n"
  }
}

extension Expression: CustomStringConvertible {
  public var description: String { String(graph.text(of: [self]).dropLast()) }
}

private struct TextPrinter {
  private enum Level: Int { case sum, product, power, atom }
  private struct Piece {
    let text: String
    let level: Level
  }

  private let graph: ExpressionGraph
  private let names: TextNames
  private var pieces: [NodeID: Piece] = [:]

  /// A shared node longer than the first is named, a node longer than the second always.
  private static let sharedLength = 24
  private static let longestLine = 320

  init(_ graph: ExpressionGraph) {
    self.graph = graph
    names = TextNames(graph)
  }

  mutating func lines(_ roots: [NodeID]) -> [String] {
    var lines: [String] = []
    let order = graph.reachable(roots)
    let uses = graph.useCounts(order)
    for node in order {
      let piece = piece(node)
      let limit = (uses[node] ?? 0) > 1 ? Self.sharedLength : Self.longestLine
      if uses[node] != nil, piece.text.utf8.count > limit {
        let name = "%\(lines.count + 1)"
        lines.append("let \(name) = \(piece.text)")
        pieces[node] = Piece(text: name, level: .atom)
      } else {
        pieces[node] = piece
      }
    }
    return lines + roots.map { pieces[$0]?.text ?? "" }
  }

  private func text(_ node: NodeID, atLeast level: Level) -> String {
    guard let piece = pieces[node] else { return "" }
    return piece.level.rawValue >= level.rawValue ? piece.text : "(\(piece.text))"
  }

  private func piece(_ node: NodeID) -> Piece {
    switch graph.nodes[Int(node)] {
    case .number(let value):
      let isPlain = value.integer.map { $0 >= 0 } ?? false
      return Piece(text: names.literal(value), level: isPlain ? .atom : .sum)
    case .symbol(let symbol, let indices):
      return Piece(text: names.symbol(symbol) + (indices.isEmpty ? "" : list(indices)), level: .atom)
    case .delta(let first, let second):
      return Piece(text: "delta\(list([first, second]))", level: .atom)
    case .sum(let terms): return Piece(text: sum(terms), level: .sum)
    case .product(let factors):
      let text = factors.map { power($0) }.joined(separator: "*")
      return Piece(text: text, level: factors.count == 1 ? .power : .product)
    case .function(.guardedPower(let exponent), let argument):
      return Piece(
        text: "guarded_power(\(text(argument, atLeast: .sum)), \(names.literal(exponent)))", level: .atom)
    case .function(let function, let argument):
      return Piece(text: "\(function.row.keyword)(\(text(argument, atLeast: .sum)))", level: .atom)
    case .largest(let nodes):
      let list = nodes.map { text($0, atLeast: .sum) }.joined(separator: ", ")
      return Piece(text: "largest(\(list))", level: .atom)
    case .softmax(let logits, over: let index):
      return Piece(text: "softmax\(list([index]))(\(text(logits, atLeast: .sum)))", level: .atom)
    case .contraction(let indices, let body):
      return Piece(text: "sum\(list(indices))(\(text(body, atLeast: .sum)))", level: .atom)
    }
  }

  private func list(_ indices: [Index]) -> String {
    "[\(indices.map(names.index).joined(separator: ", "))]"
  }

  private func sum(_ terms: [Term]) -> String {
    var text = ""
    for term in terms {
      let size = term.coefficient.isNegative ? -term.coefficient : term.coefficient
      let sign = term.coefficient.isNegative ? "-" : "+"
      text += text.isEmpty ? (sign == "-" ? "-" : "") : " \(sign) "
      if term.node == ExpressionGraph.one {
        text += names.literal(size)
      } else {
        // 1 as a double stays written: it is another number than the exact 1.
        text += (size == .one ? "" : names.literal(size) + "*") + self.text(term.node, atLeast: .product)
      }
    }
    return text
  }

  /// A base in a product: a number keeps its exponent, even 1, so that it is not read as a coefficient.
  private func power(_ factor: Factor) -> String {
    let isNumber = graph.constant(factor.base) != nil
    if factor.exponent == .one && !isNumber { return text(factor.base, atLeast: .power) }
    let isPlain = factor.exponent.integer.map { $0 >= 0 } ?? false
    let exponent = names.literal(factor.exponent)
    return text(factor.base, atLeast: .atom) + "^" + (isPlain ? exponent : "(\(exponent))")
  }
}

extension ExpressionGraph {
  /// How often each inner node of an ordered list occurs in the others; leaves are left out.
  func useCounts(_ order: [NodeID]) -> [NodeID: Int] {
    var counts: [NodeID: Int] = [:]
    for node in order {
      switch nodes[Int(node)] {
      case .number, .symbol, .delta: continue
      default:
        counts[node] = counts[node] ?? 0
        forEachChild(of: node) { if let known = counts[$0] { counts[$0] = known + 1 } }
      }
    }
    return counts
  }
}
