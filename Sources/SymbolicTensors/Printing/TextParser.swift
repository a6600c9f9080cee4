extension ExpressionGraph {
  /// Reads the textual form over the symbols and indices that the graph has declared.
  ///
  /// What the graph printed comes back as the same expressions; other text is brought to canonical form. An index
  /// must occur in some expression of the graph.
  ///
  /// - Throws: `TextFormError` with the place, what was found and what is allowed.
  public func parse(_ text: String) throws(TextFormError) -> [Expression] {
    var parser = TextParser(self, try TextScanner.tokens(text))
    return try parser.document().map { Expression(self, $0) }
  }
}

/// Recursive descent; nesting is limited, and printed text stays far below the limit.
private struct TextParser {
  private let graph: ExpressionGraph
  private let names: TextNames
  private let tokens: [TextScanner.Place]
  private var position = 0
  private var depth = 0
  private var named: [String: NodeID] = [:]

  private static let deepest = 160

  init(_ graph: ExpressionGraph, _ tokens: [TextScanner.Place]) {
    self.graph = graph
    self.tokens = tokens
    names = TextNames(graph)
  }

  mutating func document() throws(TextFormError) -> [NodeID] {
    var results: [NodeID] = []
    while token != nil {
      if accept(.lineEnd) { continue }
      if accept(.word("let")) {
        guard case .reference(let name)? = token else { throw failure("a name such as %1") }
        position += 1
        try expect("=")
        named[name] = try expression()
      } else {
        results.append(try expression())
      }
      guard token == nil || token == .lineEnd else { throw failure("the end of the line") }
    }
    return results
  }

  // MARK: Tokens

  private var token: TextScanner.Token? { position < tokens.count ? tokens[position].token : nil }

  private mutating func accept(_ expected: TextScanner.Token) -> Bool {
    guard token == expected else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ mark: Unicode.Scalar) throws(TextFormError) {
    guard accept(.mark(mark)) else { throw failure("\"\(mark)\"") }
  }

  private func failure(_ allowed: String) -> TextFormError {
    guard position < tokens.count else {
      let last = tokens.last
      return TextFormError(
        line: last?.line ?? 1, column: (last?.column ?? 0) + 1, found: "the end", allowed: allowed)
    }
    let place = tokens[position]
    let found =
      switch place.token {
      case .word(let word): word
      case .reference(let name): "%\(name)"
      case .number(let number): "\(number)"
      case .mark(let mark): "\"\(mark)\""
      case .lineEnd: "the end of the line"
      }
    return TextFormError(line: place.line, column: place.column, found: found, allowed: allowed)
  }

  // MARK: Sums and products

  /// A node that the graph has is taken as it stands: canonical forms depend on the way something was built.
  private mutating func expression() throws(TextFormError) -> NodeID {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw failure("at most \(Self.deepest) nested parentheses") }
    var terms = [try term(isNegative: accept(.mark("-")))]
    while true {
      if accept(.mark("+")) {
        terms.append(try term(isNegative: false))
      } else if accept(.mark("-")) {
        terms.append(try term(isNegative: true))
      } else {
        break
      }
    }
    if terms.count == 1, terms[0].coefficient.isOne { return terms[0].node }
    if terms.count == 1, terms[0].node == ExpressionGraph.one { return graph.number(terms[0].coefficient) }
    let sorted = terms.sorted { $0.node < $1.node }
    return graph.existing(.sum(sorted)) ?? graph.sum(terms)
  }

  private mutating func term(isNegative: Bool) throws(TextFormError) -> Term {
    var coefficient = Number.one
    var factors: [Factor] = []
    repeat {
      if case .number(let value)? = token {
        position += 1
        if token == .mark("^") {
          factors.append(Factor(base: graph.number(value), exponent: try exponent()))
        } else {
          coefficient = factors.isEmpty && coefficient.isOne ? value : coefficient * value
        }
      } else if accept(.word("inf")) {
        coefficient = .real(.infinity)
      } else if accept(.word("nan")) {
        coefficient = .real(.nan)
      } else {
        let base = try primary()
        factors.append(Factor(base: base, exponent: token == .mark("^") ? try exponent() : .one))
      }
    } while accept(.mark("*"))
    return Term(coefficient: isNegative ? -coefficient : coefficient, node: monomial(factors))
  }

  private func monomial(_ factors: [Factor]) -> NodeID {
    if factors.isEmpty { return ExpressionGraph.one }
    if factors.count == 1, factors[0].exponent.isOne { return factors[0].base }
    return graph.existing(.product(factors.sorted { $0.base < $1.base })) ?? graph.product(factors)
  }

  private mutating func exponent() throws(TextFormError) -> Number {
    try expect("^")
    guard accept(.mark("(")) else { return try number() }
    let value = try number()
    try expect(")")
    return value
  }

  private mutating func number() throws(TextFormError) -> Number {
    let isNegative = accept(.mark("-"))
    guard case .number(let value)? = token else { throw failure("a number") }
    position += 1
    return isNegative ? -value : value
  }

  // MARK: Atoms

  private mutating func primary() throws(TextFormError) -> NodeID {
    if accept(.mark("(")) { return try closing(try expression()) }
    if case .reference(let name)? = token {
      guard let node = named[name] else { throw failure("a name that a line above defines") }
      position += 1
      return node
    }
    guard case .word(let word)? = token else { throw failure("a symbol, a function or a number") }
    switch word {
    case "sum":
      position += 1
      let indices = try indexList()
      let body = try argument()
      let present = graph.free[Int(body)]
      let sorted = Set(indices).sorted()
      if sorted.allSatisfy(present.contains), let known = graph.existing(.contraction(sorted, body)) {
        return known
      }
      return graph.contraction(indices, body)
    case "softmax":
      position += 1
      let indices = try indexList()
      let logits = try argument()
      guard indices.count == 1, graph.free[Int(logits)].contains(indices[0]) else {
        throw failure("a softmax over one free index of its argument")
      }
      return graph.softmax(logits, over: indices[0])
    case "delta":
      position += 1
      let indices = try indexList()
      guard indices.count == 2, indices[0].extent == indices[1].extent else {
        throw failure("delta with two indices of the same extent")
      }
      return graph.delta(indices[0], indices[1])
    case "guarded_power":
      position += 1
      try expect("(")
      let base = try expression()
      try expect(",")
      let exponent = try number()
      return try closing(graph.apply(.guardedPower(exponent), to: base))
    case "largest":
      position += 1
      try expect("(")
      var nodes = [try expression()]
      while accept(.mark(",")) { nodes.append(try expression()) }
      return try closing(graph.largest(nodes))
    default:
      if let function = Function.byKeyword[word] {
        position += 1
        return graph.apply(function, to: try argument())
      }
      return try entry(word)
    }
  }

  private mutating func argument() throws(TextFormError) -> NodeID {
    try expect("(")
    return try closing(try expression())
  }

  private mutating func closing(_ node: NodeID) throws(TextFormError) -> NodeID {
    try expect(")")
    return node
  }

  private mutating func entry(_ word: String) throws(TextFormError) -> NodeID {
    guard let symbol = names.symbolsByName[word] else { throw failure("a symbol of the graph") }
    position += 1
    let shape = graph.shape(of: symbol)
    let indices = shape.isEmpty ? [] : try indexList()
    guard indices.map(\.extent) == shape else {
      throw failure("\(word) with indices of extents \(shape)")
    }
    return graph.entry(symbol, indices)
  }

  private mutating func indexList() throws(TextFormError) -> [Index] {
    try expect("[")
    var indices: [Index] = []
    repeat {
      guard case .word(let word)? = token, let index = names.indicesByName[word] else {
        throw failure("an index of the graph")
      }
      position += 1
      indices.append(index)
    } while accept(.mark(","))
    try expect("]")
    return indices
  }
}
