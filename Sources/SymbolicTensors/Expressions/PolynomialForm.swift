/// A polynomial in some symbols' entries with tensors of known numbers as coefficients:
/// Σ over bound indices of (coefficient tensor) × (product of variable entries).
///
/// This is how constants of a source are told from what moves: everything that does not depend on the variables
/// is contracted among itself, once.
public struct PolynomialForm {
  /// One power product of variables.
  public struct Monomial {
    /// Entries of variables, each with bound indices of its own.
    public let variables: [Expression]
    /// The bound indices that the variables and the coefficient share, ascending.
    public let indices: [Index]
    /// Depends on `indices` only.
    public let coefficient: Expression
  }

  public let monomials: [Monomial]
}

extension Expression {
  /// Writes a scalar as a polynomial in the entries of symbols; nil where it is none.
  ///
  /// Monomials of the same variables are collected. Equal coefficient tensors are equal expressions, also when they
  /// belong to different variables: bound indices are named by their order of occurrence.
  public func polynomial(in variables: Set<Symbol>) -> PolynomialForm? {
    var expansion = PolynomialExpansion(graph: graph, variables: variables)
    return expansion.form(of: id)
  }
}

/// Distributes products over sums and merges nested contractions.
private struct PolynomialExpansion {
  let graph: ExpressionGraph
  let variables: Set<Symbol>
  private var dependent = Set<NodeID>()
  private var copies: [IndexCopy: Index] = [:]

  /// The n-th copy of an index within one monomial.
  struct IndexCopy: Hashable {
    let origin: Index
    let number: Int
  }

  /// coefficient × Σ over bound copies of a product.
  struct Term {
    var coefficient: Number
    var bound: [IndexCopy]
    var constants: [NodeID]
    var entries: [NodeID]
  }

  init(graph: ExpressionGraph, variables: Set<Symbol>) {
    self.graph = graph
    self.variables = variables
  }

  mutating func form(of root: NodeID) -> PolynomialForm? {
    let order = graph.reachable([root])
    for node in order {
      if case .symbol(let symbol, _) = graph.nodes[Int(node)] {
        if variables.contains(symbol) { dependent.insert(node) }
      } else {
        var found = false
        graph.forEachChild(of: node) { found = found || dependent.contains($0) }
        if found { dependent.insert(node) }
      }
    }
    var terms: [NodeID: [Term]] = [:]
    for node in order {
      guard let expanded = expand(node, { terms[$0] }) else { return nil }
      terms[node] = expanded
    }
    return collect(terms[root] ?? [])
  }

  private mutating func expand(_ node: NodeID, _ child: (NodeID) -> [Term]?) -> [Term]? {
    guard dependent.contains(node) else {
      return [
        Term(coefficient: .one, bound: [], constants: node == ExpressionGraph.one ? [] : [node], entries: [])
      ]
    }
    switch graph.nodes[Int(node)] {
    case .symbol: return [Term(coefficient: .one, bound: [], constants: [], entries: [node])]
    case .sum(let summands):
      var result: [Term] = []
      for summand in summands {
        guard let inner = child(summand.node) else { return nil }
        result += inner.map { term in
          var term = term
          term.coefficient = term.coefficient * summand.coefficient
          return term
        }
      }
      return result
    case .product(let factors):
      var product = [Term(coefficient: .one, bound: [], constants: [], entries: [])]
      for factor in factors {
        if !dependent.contains(factor.base) {
          let constant = graph.power(factor.base, factor.exponent)
          for position in product.indices { product[position].constants.append(constant) }
          continue
        }
        guard let power = factor.exponent.integer, power > 0, let inner = child(factor.base) else {
          return nil
        }
        for _ in 0..<power { product = product.flatMap { left in inner.map { multiply(left, $0) } } }
      }
      return product
    case .contraction(let indices, let body):
      return child(body)?.map { bind(indices, in: $0) }
    case .number, .delta, .function, .largest, .softmax: return nil
    }
  }

  /// Renames the indices that a contraction binds to copies that the term does not use yet.
  private mutating func bind(_ indices: [Index], in term: Term) -> Term {
    var names: [Index: Index] = [:]
    var bound = term.bound
    for index in indices {
      let copy = IndexCopy(origin: index, number: bound.count { $0.origin == index })
      bound.append(copy)
      names[index] = self.index(copy)
    }
    return renamed(term, names, bound: bound)
  }

  private mutating func multiply(_ left: Term, _ right: Term) -> Term {
    var names: [Index: Index] = [:]
    var bound = left.bound
    for copy in right.bound {
      let shifted = IndexCopy(origin: copy.origin, number: bound.count { $0.origin == copy.origin })
      bound.append(shifted)
      names[index(copy)] = index(shifted)
    }
    let moved = renamed(right, names, bound: bound)
    return Term(
      coefficient: left.coefficient * right.coefficient, bound: bound,
      constants: left.constants + moved.constants, entries: left.entries + moved.entries)
  }

  private func renamed(_ term: Term, _ names: [Index: Index], bound: [IndexCopy]) -> Term {
    Term(
      coefficient: term.coefficient, bound: bound, constants: graph.rename(term.constants, names),
      entries: graph.rename(term.entries, names))
  }

  private mutating func index(_ copy: IndexCopy) -> Index {
    if let known = copies[copy] { return known }
    let index = graph.freshCopy(of: copy.origin)
    copies[copy] = index
    return index
  }

  // MARK: Collection

  private mutating func collect(_ terms: [Term]) -> PolynomialForm {
    var groups: [[NodeID]: (indices: [Index], terms: [NodeID])] = [:]
    var order: [[NodeID]] = []
    for term in terms {
      let canonical = canonicalized(term)
      let constant = graph.scaled(
        graph.contraction(canonical.summed, graph.product(canonical.constants)), by: term.coefficient)
      if groups[canonical.entries] == nil {
        order.append(canonical.entries)
        groups[canonical.entries] = (canonical.indices, [])
      }
      groups[canonical.entries]?.terms.append(constant)
    }
    let monomials = order.compactMap { entries -> PolynomialForm.Monomial? in
      guard let group = groups[entries] else { return nil }
      let coefficient = graph.sum(group.terms.map { SymbolicTensors.Term(coefficient: .one, node: $0) })
      return PolynomialForm.Monomial(
        variables: entries.map { Expression(graph, $0) }, indices: group.indices,
        coefficient: Expression(graph, coefficient))
    }
    return PolynomialForm(monomials: monomials)
  }

  /// Names the indices of the variables by their order in the sorted product.
  private mutating func canonicalized(_ term: Term) -> (
    entries: [NodeID], indices: [Index], summed: [Index], constants: [NodeID]
  ) {
    let sorted = term.entries.sorted { symbolOrder($0) < symbolOrder($1) }
    let own = Set(term.bound.map { copies[$0] })
    var names: [Index: Index] = [:]
    var canonical: [Index] = []
    for entry in sorted {
      for index in indices(of: entry) where own.contains(index) && names[index] == nil {
        let name = position(canonical.count, like: index)
        names[index] = name
        canonical.append(name)
      }
    }
    let summed = own.compactMap { $0 }.filter { names[$0] == nil }
    return (
      graph.rename(sorted, names), canonical, summed.sorted(), graph.rename(term.constants, names)
    )
  }

  private var positions: [Int: [Index]] = [:]

  /// The index that names a position among a monomial's variables.
  private mutating func position(_ number: Int, like index: Index) -> Index {
    if let known = positions[number]?.first(where: { $0.extent == index.extent }) { return known }
    let fresh = graph.freshCopy(of: index)
    positions[number, default: []].append(fresh)
    return fresh
  }

  private func symbolOrder(_ entry: NodeID) -> Int32 {
    if case .symbol(let symbol, _) = graph.nodes[Int(entry)] { symbol.id } else { -1 }
  }

  private func indices(of entry: NodeID) -> [Index] {
    if case .symbol(_, let indices) = graph.nodes[Int(entry)] { indices } else { [] }
  }
}
