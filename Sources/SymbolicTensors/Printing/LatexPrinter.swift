/// An equation in LaTeX.
public struct LatexEquation: Hashable, Sendable {
  public let left: String
  /// What stands behind the equals sign, in pieces between which a line may break; joined they are the whole.
  public let right: [String]

  public init(left: String, right: [String]) {
    self.left = left
    self.right = right
  }
}

/// Prints expressions of one graph as LaTeX equations.
///
/// Names that the notation gives are defined where they first occur; what is shared and long, or too wide for a
/// line, gets a name T_1, T_2, ... of its own. Printing is a loop in topological order.
public struct LatexPrinter {
  private let graph: ExpressionGraph
  private let notation: Notation
  private var pieces: [NodeID: LatexPiece] = [:]
  /// What stands for named nodes, by node: `#1` and so on for indices.
  private var names: [NodeID: (template: String, indices: [Index])] = [:]
  /// The free indices of the equation around each node: a sum over one of them takes another letter.
  private var context: [NodeID: Set<Index>] = [:]
  private var automatic = 0
  /// How indices are written: copies of one index are told apart by primes.
  private var indexNames: [Index: String] = [:]
  private var takenNames = Set<String>()
  /// Named products, largest first: they stand for their factors in larger products.
  private let monomials: [(node: NodeID, factors: [Factor])]

  /// In letters: what is shared is named from the first width on, anything inside a line from the second on.
  private static let sharedWidth = 22
  private static let widest = 60
  private static let lineWidth = 92

  public init(_ graph: ExpressionGraph, _ notation: Notation) {
    self.graph = graph
    self.notation = notation
    monomials = notation.named.keys.compactMap { named -> (NodeID, [Factor])? in
      guard case .product(let factors) = graph.nodes[Int(named.id)] else { return nil }
      return (named.id, factors)
    }.sorted { ($1.1.count, $0.0) < ($0.1.count, $1.0) }
  }

  /// The equations left = right, before each the definitions of the names that it introduces.
  public mutating func equations(_ sides: [(left: String, right: Expression)]) -> [LatexEquation] {
    let roots = sides.map { graph.node($0.right) }
    let uses = visibleUses(roots)
    nameIndices(of: uses.keys.sorted())
    context = boundContext(roots, uses)
    let lone = loneOperands(uses, roots)
    var equations: [LatexEquation] = []
    for (left, right) in sides {
      for node in visible(from: right.id) where pieces[node] == nil {
        let piece = piece(node)
        let count = uses[node] ?? 0
        if let name = notation.named[Expression(graph, node)] {
          names[node] = (name.template, name.indices)
          let named = self.piece(node)
          pieces[node] = named
          guard name.definition == .printed else { continue }
          equations.append(equation(named.text, piece))
        } else if graph.isInner(node), count > 0, piece.width > widest(node, uses: count, lone) {
          automatic += 1
          let free = graph.free[Int(node)]
          let slots = free.indices.map { "#\($0 + 1)" }.joined(separator: ",")
          names[node] = ("T_{\(automatic)}" + (free.isEmpty ? "" : "(\(slots))"), free)
          let named = self.piece(node)
          pieces[node] = named
          equations.append(equation(named.text, piece))
        } else {
          pieces[node] = piece
        }
      }
      // A right side that a name stands for is its own definition.
      if let piece = pieces[right.id], piece.text != left { equations.append(equation(left, piece)) }
    }
    return equations
  }

  /// The width beyond which a node gets a name. What stands alone in a line may fill it.
  private func widest(_ node: NodeID, uses: Int, _ lone: Set<NodeID>) -> Int {
    uses > 1 ? Self.sharedWidth : lone.contains(node) ? Self.lineWidth : Self.widest
  }

  /// Bodies of sums, and terms of right sides.
  private func loneOperands(_ uses: [NodeID: Int], _ roots: [NodeID]) -> Set<NodeID> {
    var lone = Set<NodeID>()
    for node in uses.keys {
      if case .contraction(_, let body) = graph.nodes[Int(node)] { lone.insert(body) }
    }
    for root in roots {
      if case .sum(let terms) = graph.nodes[Int(root)] { lone.formUnion(terms.map(\.node)) }
    }
    return lone
  }

  /// The expression as it stands in a line, with the names defined so far.
  public mutating func inline(_ expression: Expression) -> String {
    _ = equations([("", expression)])
    return pieces[expression.id]?.text ?? ""
  }

  private func equation(_ left: String, _ piece: LatexPiece) -> LatexEquation {
    LatexEquation(left: left, right: piece.breaks.isEmpty ? [piece.text] : piece.breaks)
  }

  /// How often each node that is not hidden behind a name occurs in a visible one; 0 for right sides.
  private func visibleUses(_ roots: [NodeID]) -> [NodeID: Int] {
    var uses: [NodeID: Int] = [:]
    for root in roots { uses[root] = 0 }
    for root in Set(roots) {
      for node in visible(from: root) where uses[node] == nil { uses[node] = 0 }
    }
    for node in uses.keys where !isHidden(node) {
      for child in visibleChildren(node) { uses[child, default: 0] += 1 }
    }
    return uses
  }

  /// What is written out somewhere above, or given elsewhere.
  private func isHidden(_ node: NodeID) -> Bool {
    pieces[node] != nil || notation.named[Expression(graph, node)]?.definition == .known
  }

  private func visibleChildren(_ node: NodeID) -> [NodeID] {
    switch graph.nodes[Int(node)] {
    case .product(let factors): return collected(factors, of: node).map(\.base)
    case .sum(let terms): return written(terms).map(\.node)
    default: break
    }
    var children: [NodeID] = []
    graph.forEachChild(of: node) { children.append($0) }
    return children
  }

  /// The nodes that are written out for a right side, children first.
  private func visible(from root: NodeID) -> [NodeID] {
    var found: Set<NodeID> = [root]
    var pending = [root]
    while let node = pending.popLast() {
      guard !isHidden(node) else { continue }
      for child in visibleChildren(node) where found.insert(child).inserted { pending.append(child) }
    }
    return found.sorted()
  }

  /// What is written out of a node or named in it, children first.
  private func written(below root: NodeID) -> [NodeID] {
    var found: Set<NodeID> = [root]
    var pending = [root]
    while let node = pending.popLast() {
      guard names[node] == nil else { continue }
      for child in visibleChildren(node) where found.insert(child).inserted { pending.append(child) }
    }
    return found.sorted()
  }

  /// The free indices around each node within its equation: a sum over one of them must rename it.
  private func boundContext(_ roots: [NodeID], _ uses: [NodeID: Int]) -> [NodeID: Set<Index>] {
    var context: [NodeID: Set<Index>] = [:]
    for node in uses.keys.sorted().reversed() where !isHidden(node) {
      // A name begins an equation of its own.
      let isNamed = notation.named[Expression(graph, node)] != nil
      let inner = (isNamed ? [] : context[node] ?? []).union(graph.free[Int(node)])
      for child in visibleChildren(node) { context[child, default: []].formUnion(inner) }
    }
    return context
  }

  /// A product's factors with named products in the place of theirs.
  private func collected(_ factors: [Factor], of node: NodeID) -> [Factor] {
    var rest = factors
    var found: [Factor] = []
    for monomial in monomials where monomial.node < node {
      guard let quotient = Self.quotient(rest, by: monomial.factors) else { continue }
      rest = quotient
      found.append(Factor(base: monomial.node, exponent: .one))
    }
    return found + rest
  }

  /// What remains of a product when another is taken out whole; nil where an exponent would change its sign.
  private static func quotient(_ factors: [Factor], by divisor: [Factor]) -> [Factor]? {
    var rest = factors
    for part in divisor {
      guard let position = rest.firstIndex(where: { $0.base == part.base }) else { return nil }
      let exponent = rest[position].exponent - part.exponent
      guard exponent.isZero || exponent.isNegative == part.exponent.isNegative,
        rest[position].exponent.isNegative == part.exponent.isNegative
      else { return nil }
      rest[position] = Factor(base: part.base, exponent: exponent)
    }
    return rest.filter { !$0.exponent.isZero }
  }

  // MARK: Nodes

  private func latex(_ index: Index) -> String {
    indexNames[index] ?? graph.indexNames[Int(index.id)].latex
  }

  private mutating func nameIndices(of nodes: [NodeID]) {
    var indices = Set<Index>()
    for node in nodes { indices.formUnion(graph.free[Int(node)]) }
    for index in indices.sorted() where indexNames[index] == nil {
      var letter = graph.indexNames[Int(index.id)].latex
      while letter.hasSuffix("'") { letter.removeLast() }
      var name = letter
      var copy = 1
      while !takenNames.insert(name).inserted {
        copy += 1
        name = copy <= 3 ? letter + String(repeating: "'", count: copy - 1) : "\(letter)_{(\(copy))}"
      }
      indexNames[index] = name
    }
  }

  private func piece(_ node: NodeID) -> LatexPiece {
    if let name = names[node] {
      return LatexPiece(Notation.fill(name.template, name.indices.map(latex)), .atom)
    }
    switch graph.nodes[Int(node)] {
    case .number(let value): return LatexPiece(value)
    case .symbol(let symbol, let indices):
      let arguments = indices.map(latex)
      if let template = notation.symbols[symbol] {
        return LatexPiece(Notation.fill(template, arguments), .atom)
      }
      let name = graph.declaration(symbol).latex
      return LatexPiece(
        arguments.isEmpty ? name : Notation.subscripted(name, arguments.joined(separator: ",")), .atom)
    case .delta(let first, let second):
      return LatexPiece("\\delta_{\(latex(first)),\(latex(second))}", .atom)
    case .sum(let terms): return sum(terms)
    case .product(let factors): return product(collected(factors, of: node))
    case .function(let function, let argument): return apply(function, operand(argument))
    case .largest(let nodes):
      let inner = nodes.map { operand($0).text }.joined(separator: ", ")
      return LatexPiece("\\max\\left(\(inner)\\right)", .atom)
    case .softmax(let logits, over: let index):
      let inner = operand(logits)
      return LatexPiece(
        "\\operatorname{softmax}_{\(latex(index))}\\left(\(inner.text)\\right)", .atom, width: inner.width + 9
      )
    case .contraction(let indices, let body):
      let clashing = indices.filter { context[node, default: []].contains($0) }
      guard clashing.isEmpty else { return renaming(clashing, below: body).sum(over: indices, body) }
      return sum(over: indices, body)
    }
  }

  private func sum(over indices: [Index], _ body: NodeID) -> LatexPiece {
    let inner = operand(body).bound(.open)
    let letters = indices.map(latex).joined(separator: ",")
    return LatexPiece("\\sum_{\(letters)} \(inner.text)", .open, width: inner.width + 2)
  }

  /// A printer that writes indices which are in use around a sum with other letters inside of it.
  private func renaming(_ indices: [Index], below body: NodeID) -> LatexPrinter {
    var inner = self
    let nodes = written(below: body)
    let present = nodes.reduce(into: context[body] ?? []) { $0.formUnion(graph.free[Int($1)]) }
    var taken = Set(present.map(latex))
    for index in indices {
      var letter = latex(index)
      while taken.contains(letter) { letter += "'" }
      taken.insert(letter)
      inner.indexNames[index] = letter
    }
    for node in nodes where graph.free[Int(node)].contains(where: indices.contains) {
      inner.pieces[node] = inner.piece(node)
    }
    return inner
  }

  private func operand(_ node: NodeID) -> LatexPiece { pieces[node] ?? LatexPiece("?", .atom) }

  /// What is taken from exponents so that none overflows is nothing to read.
  private func written(_ terms: [Term]) -> [Term] {
    let rest = terms.filter { term in
      if case .largest = graph.nodes[Int(term.node)] { false } else { true }
    }
    return rest.isEmpty ? terms : rest
  }

  private func sum(_ all: [Term]) -> LatexPiece {
    let terms = written(all)
    var breaks: [String] = []
    var width = 0
    for term in terms {
      let isNegative = term.coefficient.isNegative
      let size = isNegative ? -term.coefficient : term.coefficient
      let body: LatexPiece
      if term.node == ExpressionGraph.one {
        body = LatexPiece(size)
      } else if size.isOne {
        body = operand(term.node).bound(.open)
      } else {
        body = product([Factor(base: term.node, exponent: .one)], coefficient: size)
      }
      let sign = isNegative ? "-" : breaks.isEmpty ? "" : "+"
      breaks.append(sign.isEmpty ? body.text : "\(sign) \(body.text)")
      width += body.width + 2
    }
    var piece = LatexPiece(breaks.joined(separator: " "), .sum, width: width)
    piece.breaks = breaks
    if terms.count == 1 { piece.binding = terms[0].coefficient.isNegative ? .sum : .open }
    return piece
  }

  /// Numbers, then letters, then parentheses, then sums; negative powers in a fraction's denominator.
  private func product(_ factors: [Factor], coefficient: Number = .one) -> LatexPiece {
    var above: [LatexPiece] = []
    var below: [LatexPiece] = []
    for factor in factors {
      if case .product(let inner) = graph.nodes[Int(factor.base)], factor.exponent.isOne,
        notation.named[Expression(graph, factor.base)] == nil,
        operand(factor.base).binding == .product
      {
        return product(collected(inner, of: factor.base), coefficient: coefficient)
      }
      if factor.exponent.isNegative {
        below.append(power(factor.base, -factor.exponent))
      } else {
        above.append(power(factor.base, factor.exponent))
      }
    }
    let top = row(above)
    let numbers = coefficient.isOne ? nil : LatexPiece(coefficient).bound(.product)
    guard !below.isEmpty else {
      guard let numbers else { return top }
      var piece = LatexPiece("\(numbers.text) \(top.text)", .product, width: numbers.width + top.width)
      piece.breaks = [numbers.text] + (top.breaks.isEmpty ? [top.text] : top.breaks)
      return piece
    }
    let bottom = row(below)
    // A long numerator stands behind its fraction: lines stay low.
    if top.width > 24, top.width > 2 * bottom.width {
      let numerator = numbers?.text ?? "1"
      return LatexPiece(
        "\\frac{\(numerator)}{\(bottom.text)} \(top.text)", .product, width: bottom.width + top.width)
    }
    let numerator =
      above.isEmpty
      ? (numbers?.text ?? "1")
      : [numbers?.text, top.text].compactMap { $0 }
        .joined(separator: " ")
    return LatexPiece(
      "\\frac{\(numerator)}{\(bottom.text)}", .product,
      width: max((numbers?.width ?? 0) + top.width, bottom.width) + 1)
  }

  private func row(_ pieces: [LatexPiece]) -> LatexPiece {
    if pieces.count == 1 { return pieces[0] }
    func rank(_ piece: LatexPiece) -> Int {
      piece.binding == .open ? 2 : piece.text.hasPrefix("\\left") ? 1 : 0
    }
    let sorted = pieces.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
    let last = sorted.count - 1
    let texts = sorted.enumerated().map { position, item in
      // Only the last sum sign may swallow what follows: nothing does.
      position == last ? item.element.bound(.open).text : item.element.bound(.product).text
    }
    var piece = LatexPiece(
      texts.joined(separator: " "), .product, width: sorted.reduce(0) { $0 + $1.element.width + 1 })
    piece.breaks = texts
    return piece
  }

  private func power(_ base: NodeID, _ exponent: Number) -> LatexPiece {
    let piece = operand(base)
    if exponent.isOne { return piece }
    if exponent == Number(1, over: 2) {
      return LatexPiece("\\sqrt{\(piece.text)}", .atom, width: piece.width + 1)
    }
    let isSimple = piece.binding == .atom && !piece.text.contains("^")
    let body = isSimple ? piece : piece.parenthesized
    return LatexPiece("\(body.text)^{\(LatexPiece(exponent).text)}", .atom, width: body.width + 1)
  }

  private func apply(_ function: Function, _ argument: LatexPiece) -> LatexPiece {
    let (left, right) = function.row.latex
    return LatexPiece("\(left)\(argument.text)\(right)", .atom, width: argument.width + 4)
  }
}
