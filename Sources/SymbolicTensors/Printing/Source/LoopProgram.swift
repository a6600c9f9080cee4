/// A flow as plain loops over arrays, in C or Swift: one statement block per intermediate result, element-wise
/// chains of one use fused into their consumer, workspace shared between results that do not live together.
///
/// Loops run over indices in the order in which arrays are laid out, so the innermost one is contiguous.
struct LoopProgram {
  /// Statements that compute the array `result` from `state`, one a line, indented from 1.
  private var lines: [String] = []
  /// Numbers of workspace.
  private var workspace = 0
  private(set) var identifiers: SourceIdentifiers

  private let system: FlowSystem
  private let graph: ExpressionGraph
  private let dialect: LoopDialect
  private let evaluated: [NodeID]
  private let given: Vector?
  /// Nodes whose value is computed within the loops of their only consumer.
  private var fused = Set<NodeID>()
  private var values: [NodeID: String] = [:]
  private var indentation = 1

  /// Symbols shaped like the state, whose numbers lie in an array of their own.
  struct Vector {
    let name: String
    let symbols: [Symbol]
  }

  /// - Parameters:
  ///   - identifiers: of the programs before this one.
  ///   - given: further numbers that are given at each call.
  init(
    _ system: FlowSystem, _ dialect: LoopDialect, identifiers: SourceIdentifiers, into result: String,
    given: Vector?
  ) {
    self.system = system
    self.dialect = dialect
    graph = system.graph
    self.given = given
    evaluated = graph.evaluated(system.components.map(\.derivative.id))
    self.identifiers = identifiers
    self.identifiers.reserve(graph.indexNames.indices.map { "i\($0)" })
    fuse()
    let lastUses = lastUses()
    bindSymbols()
    let arrays = evaluated.enumerated().filter { isStored($1) && !graph.free[Int($1)].isEmpty }
    let space = Workspace(
      arrays.map { position, node in
        .init(count: graph.free[Int(node)].size, first: position, last: lastUses[node] ?? position)
      })
    let offsets = Dictionary(uniqueKeysWithValues: zip(arrays.map(\.element), space.offsets))
    for node in evaluated where isStored(node) {
      if let offset = offsets[node] { lines.append("  " + dialect.pointer("t\(node)", "workspace", offset)) }
      compute(node)
    }
    workspace = space.size
    for (component, (_, range)) in zip(system.components, system.layout) {
      open(component.indices)
      emit(
        "\(result)[\(offset(component.indices, from: range.lowerBound))] = \(value(component.derivative.id))"
      )
      close(component.indices)
    }
  }

  var function: SourceFunction {
    SourceFunction(lines: lines, workspace: workspace, symbols: graph.symbols(of: evaluated))
  }

  // MARK: What is computed where

  private func isElementwise(_ node: NodeID) -> Bool {
    switch graph.nodes[Int(node)] {
    case .sum, .product, .function, .largest: true
    default: false
    }
  }

  private func isStored(_ node: NodeID) -> Bool { graph.isInner(node) && !fused.contains(node) }

  private mutating func fuse() {
    var consumers: [NodeID: [NodeID]] = [:]
    for node in evaluated {
      for operand in graph.operands(of: node) { consumers[operand, default: []].append(node) }
    }
    let roots = Set(system.components.map(\.derivative.id))
    for node in evaluated where isElementwise(node) && !roots.contains(node) {
      guard let consumer = consumers[node], consumer.count == 1 else { continue }
      if loops(of: consumer[0]) == graph.free[Int(node)] { fused.insert(node) }
    }
  }

  /// The indices that a node's statement runs over; nil for softmax, which reads its logits three times.
  private func loops(of node: NodeID) -> [Index]? {
    switch graph.nodes[Int(node)] {
    case .contraction(_, let body): graph.free[Int(body)]
    case .softmax: nil
    default: graph.free[Int(node)]
    }
  }

  /// The position of the last statement that reads each stored result.
  private func lastUses() -> [NodeID: Int] {
    var last: [NodeID: Int] = [:]
    // A fused node is read where its consumer is.
    var position: [NodeID: Int] = [:]
    for (own, node) in evaluated.enumerated().reversed() {
      let place = fused.contains(node) ? position[node] ?? own : own
      for operand in graph.operands(of: node) {
        position[operand] = max(position[operand] ?? 0, place)
        last[operand] = position[operand]
      }
    }
    for component in system.components { last[component.derivative.id] = .max }
    return last
  }

  private mutating func bindSymbols() {
    var starts: [Symbol: (array: String, start: Int)] = [:]
    for (position, part) in system.layout.enumerated() {
      starts[part.symbol] = ("state", part.range.lowerBound)
      if let given { starts[given.symbols[position]] = (given.name, part.range.lowerBound) }
    }
    for node in evaluated {
      switch graph.nodes[Int(node)] {
      case .number(let value): values[node] = dialect.source.literal(value)
      case .symbol(let symbol, let indices):
        if let (array, start) = starts[symbol] {
          values[node] = "\(array)[\(offset(indices, from: start))]"
        } else {
          let name = identifiers.identifier(symbol, in: graph)
          values[node] = indices.isEmpty ? name : "\(name)[\(offset(indices))]"
        }
      case .delta(let first, let second):
        values[node] = "(i\(first.id) == i\(second.id) ? 1.0 : 0.0)"
      default: break
      }
    }
  }

  // MARK: Statements

  private mutating func emit(_ text: String) { append(text + dialect.source.end) }

  private mutating func append(_ text: String) {
    lines.append(String(repeating: "  ", count: indentation) + text)
  }

  private mutating func open(_ indices: [Index]) {
    for index in indices {
      append(dialect.loop("i\(index.id)", index.extent))
      indentation += 1
    }
  }

  private mutating func close(_ indices: [Index]) {
    for _ in indices { endBlock() }
  }

  private mutating func endBlock() {
    indentation -= 1
    append("}")
  }

  /// Row-major.
  private func offset(_ indices: [Index], from start: Int = 0) -> String {
    guard let first = indices.first else { return "\(start)" }
    let position = indices.dropFirst().reduce("i\(first.id)") { position, index in
      (position.contains(" ") ? "(\(position))" : position) + " * \(index.extent) + i\(index.id)"
    }
    return start == 0 ? position : "\(start) + \(position)"
  }

  private func value(_ node: NodeID) -> String {
    if let value = values[node] { return value }
    let free = graph.free[Int(node)]
    return free.isEmpty ? "t\(node)" : "t\(node)[\(offset(free))]"
  }

  private mutating func compute(_ node: NodeID) {
    let free = graph.free[Int(node)]
    switch graph.nodes[Int(node)] {
    case .softmax(let logits, over: let index): softmax(node, logits, index)
    case .contraction(let bound, let body): contraction(node, bound, body)
    default:
      open(free)
      let result = entry(node)
      append(
        free.isEmpty
          ? dialect.source.constant("t\(node)", result) : "\(value(node)) = \(result)\(dialect.source.end)")
      close(free)
    }
  }

  private mutating func contraction(_ node: NodeID, _ bound: [Index], _ body: NodeID) {
    let (free, domain) = (graph.free[Int(node)], graph.free[Int(body)])
    if Array(domain.prefix(free.count)) == free {
      open(free)
      let total = free.isEmpty ? "t\(node)" : "total"
      append(dialect.variable(total, "0.0"))
      open(bound)
      let term = summand(body)
      emit("\(total) += \(term)")
      close(bound)
      if !free.isEmpty { emit("\(value(node)) = total") }
      close(free)
    } else {
      open(free)
      emit("\(value(node)) = 0.0")
      close(free)
      open(domain)
      let term = summand(body)
      emit("\(value(node)) += \(term)")
      close(domain)
    }
  }

  private mutating func summand(_ body: NodeID) -> String {
    if case .product = graph.nodes[Int(body)] { return entry(body) }
    computeFused(body)
    return value(body)
  }

  private mutating func softmax(_ node: NodeID, _ logits: NodeID, _ index: Index) {
    let others = graph.free[Int(node)].filter { $0 != index }
    let (largest, total) = ("m\(node)", "s\(node)")
    let minusInfinity = dialect.source.literal(-Double.infinity)
    open(others)
    append(dialect.variable(largest, minusInfinity))
    open([index])
    append(
      dialect.condition("\(value(logits)) > \(largest)")
        + " \(largest) = \(value(logits))\(dialect.source.end) }")
    close([index])
    append(dialect.variable(total, "0.0"))
    open([index])
    // Weight 0 for -inf, and all weights 0 where every logit is.
    emit("\(value(node)) = \(largest) > \(minusInfinity) ? exp(\(value(logits)) - \(largest)) : 0.0")
    emit("\(total) += \(value(node))")
    close([index])
    open([index])
    append(dialect.condition("\(total) > 0.0") + " \(value(node)) /= \(total)\(dialect.source.end) }")
    close([index])
    close(others)
  }

  // MARK: Entries

  /// Statements for the fused nodes below an entry, then the entry's own value as a short expression.
  private mutating func entry(_ node: NodeID) -> String {
    for operand in operands(of: node) { computeFused(operand) }
    return own(node)
  }

  private func operands(of node: NodeID) -> [NodeID] {
    var operands: [NodeID] = []
    graph.forEachChild(of: node) { operands.append($0) }
    return operands
  }

  private mutating func computeFused(_ node: NodeID) {
    guard fused.contains(node) else { return }
    // Fused nodes below, each once, in topological order.
    var pending = [node]
    var found: [NodeID] = []
    while let next = pending.popLast() {
      found.append(next)
      pending += operands(of: next).filter { fused.contains($0) }
    }
    for inner in found.sorted() {
      append(dialect.source.constant("u\(inner)", own(inner)))
      values[inner] = "u\(inner)"
    }
  }

  /// A node's value from its operands'; long sums and products are accumulated, a compiler's type checker and
  /// a reader are spared long lines.
  private mutating func own(_ node: NodeID) -> String {
    switch graph.nodes[Int(node)] {
    case .sum(let terms):
      let texts = terms.map { term -> String in
        if term.node == ExpressionGraph.one { return dialect.source.literal(term.coefficient) }
        if term.coefficient.isOne { return value(term.node) }
        if term.coefficient == -1 { return "-\(value(term.node))" }
        return "\(dialect.source.literal(term.coefficient)) * \(value(term.node))"
      }
      return accumulated(texts, " + ", "s\(node)")
    case .product(let factors):
      let above = factors.filter { !$0.exponent.isNegative }.map {
        dialect.source.power(value($0.base), $0.exponent)
      }
      let below = factors.filter { $0.exponent.isNegative }
        .map { dialect.source.power(value($0.base), -$0.exponent) }
      let numerator = above.isEmpty ? "1.0" : accumulated(above, " * ", "a\(node)")
      guard !below.isEmpty else { return numerator }
      let denominator = accumulated(below, " * ", "b\(node)")
      return "\(numerator) / " + (denominator.contains(" ") ? "(\(denominator))" : denominator)
    case .function(let function, let argument): return dialect.source.apply(function, value(argument))
    case .largest(let nodes):
      append(dialect.variable("m\(node)", value(nodes[0])))
      for other in nodes.dropFirst() {
        append(
          dialect.condition("\(value(other)) > m\(node)")
            + " m\(node) = \(value(other))\(dialect.source.end) }")
      }
      return "m\(node)"
    default: return value(node)
    }
  }

  private mutating func accumulated(_ texts: [String], _ joint: String, _ name: String) -> String {
    guard texts.count > 3 else { return texts.joined(separator: joint) }
    append(dialect.variable(name, texts[0]))
    for text in texts.dropFirst() { emit("\(name)\(joint.dropLast())= \(text)") }
    return name
  }
}
