/// From the expression graph to a lowered program: products and sums are split by domain, so that nothing is
/// computed on more elements than it depends on, and contractions become matrix products in a greedy order.
struct Lowering {
  let graph: ExpressionGraph
  var program = LoweredProgram()
  private var image: [NodeID: ValueID] = [:]
  /// Values that symbols stand for, with the indices of the symbol's axes.
  private var named: [Symbol: (value: ValueID, indices: [Index])] = [:]

  init(_ graph: ExpressionGraph) { self.graph = graph }

  /// Lowers all roots together, so that they share.
  static func program(
    for roots: [NodeID], naming names: NamedValues = NamedValues(), in graph: ExpressionGraph
  ) -> LoweredProgram {
    var lowering = Lowering(graph)
    for entry in names.entries { lowering.lower(entry) }
    lowering.lower(roots)
    lowering.program.outputs = roots.map { lowering.value(of: $0) }
    lowering.program.shareCommonPairs()
    return lowering.program
  }

  private func value(of node: NodeID) -> ValueID { image[node]! }

  private mutating func lower(_ roots: [NodeID]) {
    for node in graph.reachable(roots) where image[node] == nil { image[node] = lower(node) }
  }

  private mutating func lower(_ entry: NamedValues.Entry) {
    switch entry.content {
    case .whole(let node):
      lower([node])
      named[entry.symbol] = (value(of: node), entry.indices)
    case .joined(let parts, along: let index):
      lower(parts.map(\.node))
      let lowered = parts.map { LoweredValue.Part(value: value(of: $0.node), axes: $0.axes) }
      let joined = program.intern(.joined(lowered, along: index), on: entry.indices.sorted())
      named[entry.symbol] = (joined, entry.indices)
    }
  }

  private mutating func lower(_ node: NodeID) -> ValueID? {
    let domain = graph.free[Int(node)]
    switch graph.nodes[Int(node)] {
    case .number(let number): return program.intern(.constant(number.doubleValue), on: [])
    case .symbol(let symbol, let indices):
      guard let (known, own) = named[symbol] else {
        return program.intern(.input(symbol, indices), on: domain)
      }
      let names = Dictionary(uniqueKeysWithValues: zip(own, indices))
      let layout = program[known].domain.compactMap { names[$0] }
      return layout == program[known].domain ? known : program.intern(.renamed(known, layout), on: domain)
    case .delta(let first, let second): return program.intern(.delta(first, second), on: domain)
    case .sum(let terms): return sum(terms)
    case .product(let factors): return product(powers(factors))
    case .function(let function, let argument):
      return program.intern(.function(function, value(of: argument)), on: domain)
    case .largest(let nodes):
      return nodes.dropFirst().reduce(value(of: nodes[0])) { larger($0, value(of: $1)) }
    case .softmax(let logits, over: let index):
      return program.intern(.softmax(value(of: logits), index), on: domain)
    case .contraction(let indices, let body): return contraction(indices, body)
    }
  }

  /// Low powers are repeated factors: x²y shares xy.
  private mutating func powers(_ factors: [Factor]) -> [ValueID] {
    factors.flatMap { factor -> [ValueID] in
      let base = value(of: factor.base)
      if let count = factor.exponent.integer, (1...3).contains(count) {
        return Array(repeating: base, count: count)
      }
      return [program.intern(.power(base, factor.exponent), on: program[base].domain)]
    }
  }

  private mutating func larger(_ left: ValueID, _ right: ValueID) -> ValueID {
    let domain = Set(program[left].domain + program[right].domain).sorted()
    return program.intern(.larger(left, right), on: domain)
  }

  // MARK: Sums and products by domain

  private mutating func sum(_ terms: [Term]) -> ValueID {
    var byDomain: [[Index]: [LoweredValue.Weighted]] = [:]
    for term in terms {
      let value = value(of: term.node)
      byDomain[program[value].domain, default: []]
        .append(.init(weight: term.coefficient.doubleValue, value: value))
    }
    let whole = Set(byDomain.keys.joined()).sorted()
    var summands = byDomain.removeValue(forKey: whole) ?? []
    for (domain, part) in byDomain.sorted(by: { isSmaller($0.key, $1.key) }) {
      summands +=
        part.count == 1 ? part : [.init(weight: 1, value: program.intern(.add(part), on: domain))]
    }
    summands.sort { ($0.value, $0.weight) < ($1.value, $1.weight) }
    return program.intern(.add(summands), on: whole)
  }

  /// Smaller domains are multiplied first, each on its own.
  private mutating func product(_ values: [ValueID]) -> ValueID {
    var byDomain: [[Index]: [ValueID]] = [:]
    for value in values { byDomain[program[value].domain, default: []].append(value) }
    let parts = byDomain.sorted { isSmaller($0.key, $1.key) }
      .map { domain, part in multiply(part) }
    return parts.dropFirst().reduce(parts[0]) { multiply([$0, $1]) }
  }

  private mutating func multiply(_ values: [ValueID]) -> ValueID {
    guard values.count > 1 else { return values[0] }
    let domain = Set(values.flatMap { program[$0].domain }).sorted()
    return program.intern(.multiply(values.sorted()), on: domain)
  }

  // MARK: Contractions

  private mutating func contraction(_ indices: [Index], _ body: NodeID) -> ValueID {
    // The graph keeps numeric coefficients outside contractions, so the body is a plain product or one node.
    let factors = graph.factors(of: body).factors
    var operands = mergedByDomain(powers(factors))
    while operands.count > 2 {
      let (first, second) = cheapestPair(operands, summing: indices)
      let others = operands.indices.filter { $0 != first && $0 != second }.map { operands[$0] }
      let stillNeeded = Set(others.flatMap { program[$0].domain })
      let pair = [operands[first], operands[second]]
      let local = indices.filter { index in
        !stillNeeded.contains(index) && pair.contains { program[$0].domain.contains(index) }
      }
      operands = mergedByDomain(others + [contract(pair, over: local)])
    }
    return contract(operands, over: indices)
  }

  private mutating func mergedByDomain(_ values: [ValueID]) -> [ValueID] {
    var byDomain: [[Index]: [ValueID]] = [:]
    for value in values { byDomain[program[value].domain, default: []].append(value) }
    return byDomain.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { multiply($0.value) }
  }

  /// The pair whose product, summed over what only it depends on, grows memory least; then the cheapest one.
  private func cheapestPair(_ operands: [ValueID], summing: [Index]) -> (Int, Int) {
    var best: (growth: Int, cost: Int, pair: (Int, Int))?
    for first in operands.indices {
      for second in operands.indices where second > first {
        let union = Set(program[operands[first]].domain + program[operands[second]].domain)
        let needed = Set(
          operands.indices.filter { $0 != first && $0 != second }
            .flatMap { program[operands[$0]].domain })
        let result = union.filter { !summing.contains($0) || needed.contains($0) }
        let sizes = program.size(operands[first]).saturatingPlus(program.size(operands[second]))
        let growth = Array(result).size - sizes
        let cost = Array(union).size
        if best == nil || (growth, cost) < (best!.growth, best!.cost) {
          best = (growth, cost, (first, second))
        }
      }
    }
    return best?.pair ?? (0, 1)
  }

  /// Σ over indices of the product of one or two values.
  private mutating func contract(_ operands: [ValueID], over indices: [Index]) -> ValueID {
    guard operands.count == 2 else { return reduce(operands[0], over: indices) }
    let domains = operands.map { program[$0].domain }
    let shared = indices.filter { domains[0].contains($0) && domains[1].contains($0) }
    // An index that only one operand has is summed before the product.
    let pair = zip(operands, domains).map { operand, domain in
      reduce(operand, over: indices.filter { domain.contains($0) && !shared.contains($0) })
    }
    guard !shared.isEmpty else { return product(pair) }
    let (left, right) = (program[pair[0]].domain, program[pair[1]].domain)
    let domain = Set(left + right).subtracting(shared).sorted()
    // Nothing but batch and summed indices on both sides: an element-wise product, reduced as it is made.
    let free = domain.filter { !(left.contains($0) && right.contains($0)) }
    guard !free.isEmpty else { return reduce(multiply(pair), over: shared) }
    return program.intern(.matrixProduct(pair[0], pair[1], over: shared), on: domain)
  }

  private mutating func reduce(_ value: ValueID, over indices: [Index]) -> ValueID {
    guard !indices.isEmpty else { return value }
    let domain = program[value].domain.filter { !indices.contains($0) }
    return program.intern(.reduce(value, indices), on: domain)
  }
}

/// By size, then by indices: a total order, since what a dictionary comes up with first must not decide the order
/// of additions.
private func isSmaller(_ left: [Index], _ right: [Index]) -> Bool {
  (left.size, left.count) == (right.size, right.count)
    ? left.lexicographicallyPrecedes(right)
    : (left.size, left.count) < (right.size, right.count)
}
