/// Sums: flat, collected, ordered.
extension ExpressionGraph {
  /// Σ coefficient·node in canonical form: nested sums are merged where arithmetic is exact, equal terms collected,
  /// zeros dropped.
  ///
  /// O(t log t) in the number of merged terms.
  func sum(_ terms: [Term]) -> NodeID {
    var collected: [NodeID: Number] = [:]
    for term in terms where !term.coefficient.isZero {
      for (node, coefficient) in summands(of: term.node) {
        let weight = term.coefficient * coefficient
        collected[node] = collected[node].map { $0 + weight } ?? weight
      }
    }
    if arithmetic == .rounded, let constant = collected[Self.one]?.doubleValue, !constant.isFinite {
      return number(.real(constant))
    }
    let merged = collected.filter { !$0.value.isZero }
      .map { Term(coefficient: $0.value, node: $0.key) }
      .sorted { $0.node < $1.node }
    switch merged.count {
    case 0: return Self.zero
    case 1 where merged[0].node == Self.one: return number(merged[0].coefficient)
    case 1 where merged[0].coefficient.isOne: return merged[0].node
    default: return intern(.sum(merged), free: union(merged.map(\.node)))
    }
  }

  func scaled(_ node: NodeID, by coefficient: Number) -> NodeID {
    coefficient.isOne ? node : sum([Term(coefficient: coefficient, node: node)])
  }

  /// A node read as a sum: (node, coefficient) pairs; a number is a multiple of `one`.
  private func summands(of node: NodeID) -> [(NodeID, Number)] {
    switch nodes[Int(node)] {
    case .number(let value): [(Self.one, value)]
    case .sum(let terms) where arithmetic == .exact || terms.count == 1:
      terms.map { ($0.node, $0.coefficient) }
    default: [(node, .one)]
    }
  }

  func union(_ operands: [NodeID]) -> [Index] {
    guard operands.count > 1 else { return operands.first.map { free[Int($0)] } ?? [] }
    var indices = Set<Index>()
    for operand in operands { indices.formUnion(free[Int(operand)]) }
    return indices.sorted()
  }
}
