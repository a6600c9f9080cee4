/// Writes out tensor expressions entry by entry: each tensor node becomes an array of scalar nodes, of a graph of
/// their own, over its free indices, contractions become sums, deltas 0 or 1.
struct Unrolling {
  private let graph: ExpressionGraph
  private let form: SoftmaxForm
  private let scalars: ExpressionGraph
  private var entries: [Symbol: [NodeID]] = [:]
  private var arrays: [NodeID: [NodeID]] = [:]

  init(_ graph: ExpressionGraph, onto scalars: ExpressionGraph, softmax: SoftmaxForm) {
    self.graph = graph
    self.scalars = scalars
    form = softmax
  }

  mutating func bind(_ symbol: Symbol, to nodes: [NodeID]) { entries[symbol] = nodes }

  mutating func unroll(_ equations: [ScalarEquation]) throws -> [NodeID] {
    let order = graph.reachable(equations.map { graph.node($0.expression) })
    for node in order { arrays[node] = try unroll(node) }
    return try equations.flatMap { equation in
      let free = equation.expression.freeIndices
      guard free.allSatisfy(equation.indices.contains) else { throw ScalarSystemError.missingIndex }
      let array = arrays[equation.expression.id] ?? []
      let offsets = Strides(equation.indices).offsets(of: free)
      return offsets.map { array[$0] }
    }
  }

  private mutating func unroll(_ node: NodeID) throws -> [NodeID] {
    let domain = graph.free[Int(node)]
    let walk = Strides(domain)
    func operand(_ id: NodeID) -> (array: [NodeID], offsets: [Int]) {
      (arrays[id] ?? [], walk.offsets(of: graph.free[Int(id)]))
    }
    switch graph.nodes[Int(node)] {
    case .number(let value): return [scalars.number(value)]
    case .symbol(let symbol, let indices):
      guard let array = entries[symbol] else {
        throw ScalarSystemError.unbound(symbol: graph.name(of: symbol))
      }
      return walk.offsets(of: indices).map { array[$0] }
    case .delta(let first, let second):
      let values = zip(walk.offsets(of: [first]), walk.offsets(of: [second]))
      return values.map { $0 == $1 ? ExpressionGraph.one : ExpressionGraph.zero }
    case .sum(let terms):
      let operands = terms.map { ($0.coefficient, operand($0.node)) }
      return (0..<walk.size).map { entry in
        scalars.sum(operands.map { Term(coefficient: $0, node: $1.array[$1.offsets[entry]]) })
      }
    case .product(let factors):
      let operands = factors.map { ($0.exponent, operand($0.base)) }
      return (0..<walk.size).map { entry in
        scalars.product(operands.map { Factor(base: $1.array[$1.offsets[entry]], exponent: $0) })
      }
    case .function(let function, let argument):
      return (arrays[argument] ?? []).map { scalars.apply(function, to: $0) }
    case .largest(let nodes):
      // As one writes a softmax, nothing is taken from the exponents.
      guard form == .shifted else {
        return [NodeID](repeating: ExpressionGraph.zero, count: walk.size)
      }
      let operands = nodes.map { operand($0) }
      return (0..<walk.size).map { entry in
        scalars.largest(operands.map { $0.array[$0.offsets[entry]] })
      }
    case .softmax(let logits, over: let index): return softmax(arrays[logits] ?? [], domain, index)
    case .contraction(_, let body):
      var groups = [[Term]](repeating: [], count: walk.size)
      let targets = Strides(graph.free[Int(body)]).offsets(of: domain)
      for (target, entry) in zip(targets, arrays[body] ?? []) where entry != ExpressionGraph.zero {
        groups[target].append(Term(coefficient: .one, node: entry))
      }
      return groups.map { scalars.sum($0) }
    }
  }

  private mutating func softmax(_ logits: [NodeID], _ domain: [Index], _ index: Index) -> [NodeID] {
    let others = domain.filter { $0 != index }
    let lines = Strides(domain).offsets(of: others)
    var members = [[Int]](repeating: [], count: others.size)
    for (entry, line) in lines.enumerated() { members[line].append(entry) }
    var result = [NodeID](repeating: ExpressionGraph.zero, count: logits.count)
    for line in members {
      // A logit −∞ is weight 0.
      let present = line.filter { scalars.constant(logits[$0])?.doubleValue != -.infinity }
      var shift: [Term] = []
      if form == .shifted, !present.isEmpty {
        shift = [Term(coefficient: -1, node: scalars.largest(present.map { logits[$0] }))]
      }
      let weights = present.map { entry in
        let argument = scalars.sum([Term(coefficient: .one, node: logits[entry])] + shift)
        return scalars.apply(.exp, to: argument)
      }
      let total = scalars.sum(weights.map { Term(coefficient: .one, node: $0) })
      for (entry, weight) in zip(present, weights) {
        result[entry] = scalars.product([
          Factor(base: weight, exponent: .one), Factor(base: total, exponent: -1),
        ])
      }
    }
    return result
  }
}

extension ExpressionGraph {
  /// How many entries of tensors writing out goes through, told from the sizes alone.
  func entriesWritten(for equations: [ScalarEquation]) -> Int {
    reachable(equations.map { node($0.expression) }).reduce(0) { total, node in
      // A contraction walks through its body.
      guard case .contraction(_, let body) = nodes[Int(node)] else {
        return total.saturatingPlus(free[Int(node)].size)
      }
      return total.saturatingPlus(free[Int(body)].size)
    }
  }
}
