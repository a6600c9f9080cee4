/// A flow, or another function of its state, as statements of NumPy: one variable for each intermediate result, contractions
/// as einsums over shared ones.
struct PythonFunction {
  /// Statements behind which the array `result` holds the values, without indentation.
  private var lines: [String] = []
  private var helpers = Set<SourceHelper>()
  private(set) var identifiers: SourceIdentifiers

  private let graph: ExpressionGraph
  /// What stands for a node: a variable or a short expression.
  private var names: [NodeID: String] = [:]
  private var variables = 0

  /// - Parameters:
  ///   - identifiers: of the functions before this one.
  ///   - direction: symbols shaped like the state, whose numbers are the argument `direction`.
  init(
    _ system: FlowSystem, into result: String, identifiers: SourceIdentifiers, direction: [Symbol] = []
  ) {
    graph = system.graph
    self.identifiers = identifiers
    let needed = graph.evaluated(system.components.map(\.derivative.id))
    let used = graph.symbols(of: needed)
    let ranges = system.layout.map(\.range)
    for (argument, symbols) in [("state", system.components.map(\.symbol)), ("direction", direction)] {
      for (symbol, range) in zip(symbols, ranges) where used.contains(symbol) {
        unpack(symbol, range, of: argument)
      }
    }
    for node in needed { define(node) }
    lines.append("\(result) = np.empty(\(system.names.count))")
    for (component, range) in zip(system.components, ranges) { store(component, at: range, of: result) }
  }

  var function: SourceFunction { SourceFunction(lines: lines, helpers: helpers) }

  private mutating func unpack(_ symbol: Symbol, _ range: Range<Int>, of argument: String) {
    let name = identifiers.identifier(symbol, in: graph)
    let shape = graph.shape(of: symbol)
    let slice = shape.isEmpty ? "\(range.lowerBound)" : "\(range.lowerBound):\(range.upperBound)"
    let reshaped = shape.count > 1 ? ".reshape(\(shape.map(String.init).joined(separator: ", ")))" : ""
    lines.append("\(name) = \(argument)[\(slice)]\(reshaped)")
  }

  private mutating func store(_ component: FlowSystem.Component, at range: Range<Int>, of result: String) {
    let value = aligned(component.derivative.id, component.indices)
    let shape = component.indices.map { "\($0.extent)" }
    let filled =
      shape.count > 1 ? "np.broadcast_to(\(value), (\(shape.joined(separator: ", ")))).ravel()" : value
    lines.append(
      shape.isEmpty
        ? "\(result)[\(range.lowerBound)] = \(value)"
        : "\(result)[\(range.lowerBound):\(range.upperBound)] = \(filled)")
  }

  private mutating func define(_ node: NodeID) {
    let free = graph.free[Int(node)]
    switch graph.nodes[Int(node)] {
    case .number(let value): names[node] = SourceDialect.python.literal(value)
    case .symbol(let symbol, let indices):
      let name = identifiers.identifier(symbol, in: graph)
      names[node] = name
      if indices != free {
        assign(node, "np.einsum(\"\(subscripts(indices, free))->\(subscripts(free, free))\", \(name))")
      }
    case .delta(let first, _): assign(node, "np.eye(\(first.extent))")
    case .sum(let terms):
      var pieces: [String] = []
      for term in terms {
        let isNegative = term.coefficient.isNegative
        let size = SourceDialect.python.literal(isNegative ? -term.coefficient : term.coefficient)
        let operand = aligned(term.node, free)
        let sign = pieces.isEmpty ? (isNegative ? "-" : "") : isNegative ? " - " : " + "
        pieces.append(
          sign + (term.node == ExpressionGraph.one ? size : size == "1" ? operand : "\(size) * \(operand)"))
      }
      accumulate(node, pieces)
    case .product(let factors): assign(node, product(factors, free))
    case .function(let function, let argument): assign(node, apply(function, names[argument] ?? "0"))
    case .largest(let nodes):
      let operands = nodes.map { aligned($0, free) }
      assign(node, operands[0])
      for other in operands.dropFirst() { extend(node) { "np.maximum(\($0), \(other))" } }
    case .softmax(let logits, over: let index):
      helpers.insert(.softmax)
      assign(node, "_softmax(\(names[logits] ?? "0"), \(free.firstIndex(of: index) ?? 0))")
    case .contraction(_, let body): assign(node, contraction(body, onto: free))
    }
  }

  private mutating func assign(_ node: NodeID, _ text: String) {
    variables += 1
    let name = "t\(variables)"
    lines.append("\(name) = \(text)")
    names[node] = name
  }

  /// Another statement for what has a name.
  private mutating func extend(_ node: NodeID, _ text: (_ name: String) -> String) {
    guard let name = names[node] else { return }
    lines.append("\(name) = \(text(name))")
  }

  /// Terms joined, with so many to a statement that Python can parse it: it descends by one for each.
  private mutating func accumulate(_ node: NodeID, _ pieces: [String]) {
    let most = 50
    assign(node, pieces.prefix(most).joined())
    for start in stride(from: most, to: pieces.count, by: most) {
      extend(node) { $0 + pieces[start..<min(start + most, pieces.count)].joined() }
    }
  }

  private func product(_ factors: [Factor], _ domain: [Index]) -> String {
    let above = factors.filter { !$0.exponent.isNegative }.map { power($0, domain) }
    let below = factors.filter { $0.exponent.isNegative }
      .map { power(Factor(base: $0.base, exponent: -$0.exponent), domain) }
    let numerator = above.isEmpty ? "1.0" : above.joined(separator: " * ")
    guard !below.isEmpty else { return numerator }
    let denominator = below.joined(separator: " * ")
    return "\(numerator) / \(below.count > 1 ? "(\(denominator))" : denominator)"
  }

  private func power(_ factor: Factor, _ domain: [Index]) -> String {
    let operand = aligned(factor.base, domain)
    if factor.exponent.isOne { return operand }
    if factor.exponent == Number(1, over: 2) { return "np.sqrt(\(operand))" }
    return
      "\(operand)**\(factor.exponent.integer == nil ? "(\(SourceDialect.python.literal(factor.exponent)))" : SourceDialect.python.literal(factor.exponent))"
  }

  private mutating func contraction(_ body: NodeID, onto free: [Index]) -> String {
    let domain = graph.free[Int(body)]
    var operands: [(text: String, indices: [Index])] = [(names[body] ?? "0", domain)]
    if case .product(let factors) = graph.nodes[Int(body)] {
      operands = factors.map { factor in
        let indices = graph.free[Int(factor.base)]
        let isNegative = factor.exponent.isNegative
        let size = Factor(base: factor.base, exponent: isNegative ? -factor.exponent : factor.exponent)
        return ((isNegative ? "1.0 / " : "") + power(size, indices), indices)
      }
    }
    // einsum knows 52 letters; an expression of this many indices cannot be evaluated anyway.
    helpers.insert(.einsum)
    let inputs = operands.map { subscripts($0.indices, domain) }.joined(separator: ",")
    return "_einsum(\"\(inputs)->\(subscripts(free, domain))\", "
      + operands.map(\.text).joined(separator: ", ") + ")"
  }

  private func subscripts(_ indices: [Index], _ domain: [Index]) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return String(indices.map { letters[(domain.firstIndex(of: $0) ?? 0) % letters.count] })
  }

  /// An operand broadcast along the indices of a larger domain.
  private func aligned(_ node: NodeID, _ domain: [Index]) -> String {
    let name = names[node] ?? "0"
    let own = graph.free[Int(node)]
    guard let first = own.first, own != domain, let start = domain.firstIndex(of: first) else { return name }
    let tail = domain[start...]
    if Array(tail) == own { return name }
    return "\(name)[\(tail.map { own.contains($0) ? ":" : "None" }.joined(separator: ", "))]"
  }

  private mutating func apply(_ function: Function, _ x: String) -> String {
    if case .guardedPower = function { helpers.insert(.guardedPower) }
    return function.row.numpy(x)
  }
}
