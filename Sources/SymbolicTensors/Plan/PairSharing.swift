/// Common subexpressions of products: ⟨A B C, A B D, A B⟩ share A B. The pair of factors that occurs most often
/// is taken out first, until no pair occurs twice; what is left becomes a chain of binary products.
extension LoweredProgram {
  mutating func shareCommonPairs() {
    var products: [(value: ValueID, factors: [ValueID])] = values.indices.compactMap { position in
      guard case .multiply(let factors) = values[position].operation, factors.count > 2 else { return nil }
      return (ValueID(position), factors)
    }
    let binary = Set(
      values.compactMap { value -> Pair? in
        guard case .multiply(let factors) = value.operation, factors.count == 2 else { return nil }
        return Pair(factors[0], factors[1])
      })
    while let pair = mostFrequentPair(products.map(\.factors), known: binary) {
      let domain = Set(self[pair.first].domain + self[pair.second].domain).sorted()
      let shared = intern(.multiply([pair.first, pair.second]), on: domain)
      for position in products.indices where products[position].factors.count > 2 {
        products[position].factors.extract((pair.first, pair.second), as: shared)
      }
    }
    var aliases: [ValueID: ValueID] = [:]
    for (value, factors) in products {
      let domain = self[value].domain
      let chain = factors.dropFirst().dropLast().reduce(factors[0]) { product, factor in
        intern(.multiply([product, factor].sorted()), on: domain)
      }
      let last = LoweredValue.Operation.multiply([chain, factors[factors.count - 1]].sorted())
      if let known = redefine(value, as: last) { aliases[value] = known }
    }
    rename(aliases)
  }

  private struct Pair: Hashable {
    let first, second: ValueID
    init(_ a: ValueID, _ b: ValueID) { (first, second) = (min(a, b), max(a, b)) }
  }

  private func mostFrequentPair(_ products: [[ValueID]], known: Set<Pair>) -> Pair? {
    var counts: [Pair: Int] = [:]
    var extractable = Set<Pair>()
    // Products of two, or that came down to two, are computed in any case: sharing them with a longer one is free.
    for factors in products {
      for (position, first) in factors.enumerated() {
        for second in factors[(position + 1)...] {
          counts[Pair(first, second), default: 0] += 1
          if factors.count > 2 { extractable.insert(Pair(first, second)) }
        }
      }
    }
    for pair in counts.keys where known.contains(pair) { counts[pair, default: 0] += 1 }
    let best = counts.filter { extractable.contains($0.key) }.max { left, right in
      (left.value, -left.key.first, -left.key.second) < (right.value, -right.key.first, -right.key.second)
    }
    return best.flatMap { $0.value > 1 ? $0.key : nil }
  }
}

extension [ValueID] {
  fileprivate mutating func extract(_ pair: (first: ValueID, second: ValueID), as shared: ValueID) {
    guard let first = firstIndex(of: pair.first) else { return }
    var rest = self
    rest.remove(at: first)
    guard let second = rest.firstIndex(of: pair.second) else { return }
    rest.remove(at: second)
    self = (rest + [shared]).sorted()
  }
}
