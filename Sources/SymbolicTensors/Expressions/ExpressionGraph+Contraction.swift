/// Contractions: constants outside, deltas eliminated, known sums replaced.
extension ExpressionGraph {
  /// Σ over the indices in canonical form. Linear in sums; factors without a contracted index move outside;
  /// factors that share no contracted index, directly or through others, are summed apart; an index that is
  /// not free in the body contributes its extent.
  func contraction(_ indices: [Index], _ body: NodeID) -> NodeID {
    let present = free[Int(body)]
    let bound = Set(indices).filter(present.contains)
    let multiplicity = Set(indices).subtracting(bound).reduce(Number.one) { $0 * Number($1.extent) }
    guard !bound.isEmpty else { return scaled(body, by: multiplicity) }
    if case .sum(let terms) = nodes[Int(body)] {
      let summed = terms.map {
        Term(coefficient: $0.coefficient, node: contraction(bound.sorted(), $0.node))
      }
      return scaled(sum(summed), by: multiplicity)
    }
    return scaled(contractedMonomial(bound, factors(of: body).factors), by: multiplicity)
  }

  private func contractedMonomial(_ bound: Set<Index>, _ factors: [Factor]) -> NodeID {
    if let eliminated = eliminatingDelta(bound, factors) { return eliminated }
    if let marginalized = marginalizingSingles(bound, factors) { return marginalized }
    var outside: [NodeID] = []
    var groups: [(indices: Set<Index>, factors: [Factor])] = []
    for factor in factors {
      let own = bound.intersection(free[Int(factor.base)])
      if own.isEmpty {
        outside.append(power(factor.base, factor.exponent))
        continue
      }
      var merged = (indices: own, factors: [factor])
      groups.removeAll { group in
        guard !group.indices.isDisjoint(with: own) else { return false }
        merged.indices.formUnion(group.indices)
        merged.factors = group.factors + merged.factors
        return true
      }
      groups.append(merged)
    }
    let inside = groups.map { contractedGroup($0.indices, $0.factors) }
    return product(outside + inside)
  }

  private func contractedGroup(_ bound: Set<Index>, _ factors: [Factor]) -> NodeID {
    if factors.count == 1, factors[0].exponent.isOne, let known = marginal(bound, factors[0].base) {
      return known
    }
    return bind(bound.sorted(), product(factors))
  }

  /// An index that only one symbol's entry has, whose sum over it is known, is summed at once.
  private func marginalizingSingles(_ bound: Set<Index>, _ factors: [Factor]) -> NodeID? {
    guard factors.count > 1 else { return nil }
    for index in bound.sorted() {
      let holders = factors.indices.filter { free[Int(factors[$0].base)].contains(index) }
      guard holders.count == 1, factors[holders[0]].exponent.isOne,
        let known = marginal([index], factors[holders[0]].base)
      else { continue }
      var others = factors
      others[holders[0]] = Factor(base: known, exponent: .one)
      return contraction(bound.subtracting([index]).sorted(), product(others))
    }
    return nil
  }

  /// Σ_j δ_ij f_j = f_i.
  private func eliminatingDelta(_ bound: Set<Index>, _ factors: [Factor]) -> NodeID? {
    for (position, factor) in factors.enumerated() {
      guard case .delta(let first, let second) = nodes[Int(factor.base)],
        let eliminated = bound.contains(second) ? second : bound.contains(first) ? first : nil
      else { continue }
      var others = factors
      others.remove(at: position)
      let kept = eliminated == first ? second : first
      // A softmax over one of the two, taken where they agree, is no softmax: there the delta stays.
      guard !others.contains(where: { hasDiagonalSoftmax($0.base, eliminated, kept) }) else { continue }
      let body = rename([product(others)], [eliminated: kept])[0]
      return contraction(bound.subtracting([eliminated]).sorted(), body)
    }
    return nil
  }

  /// The known sum over one of the bound indices, summed further over the rest: of a softmax, which is 1, or of a
  /// symbol's entry, as declared.
  private func marginal(_ bound: Set<Index>, _ base: NodeID) -> NodeID? {
    if case .softmax(let logits, over: let index) = nodes[Int(base)], bound.contains(index), isFinite(logits)
    {
      return contraction(bound.subtracting([index]).sorted(), Self.one)
    }
    guard case .symbol(let symbol, let indices) = nodes[Int(base)] else { return nil }
    for (axis, known) in declaration(symbol).marginals.sorted(by: { $0.key < $1.key }) {
      let index = indices[axis]
      guard bound.contains(index), indices.filter({ $0 == index }).count == 1 else { continue }
      var others = indices
      others.remove(at: axis)
      let sum =
        switch known {
        case .one: Self.one
        case .symbol(let remaining): entry(remaining, others)
        }
      return contraction(bound.subtracting([index]).sorted(), sum)
    }
    return nil
  }

  /// Parameters are finite; known numbers may be −∞, the logit of what does not exist.
  private func isFinite(_ node: NodeID) -> Bool {
    switch nodes[Int(node)] {
    case .symbol(let symbol, _): declaration(symbol).role == .parameter
    case .number(let value): value.doubleValue.isFinite
    case .softmax(let logits, over: _): isFinite(logits)
    case .sum(let terms): terms.allSatisfy { isFinite($0.node) }
    default: false
    }
  }
}
