import Collections

/// Common subexpressions of products: ⟨A B C, A B D, A B⟩ share A B. The pair of factors that occurs in most products
/// is taken out first, until none occurs twice; what is left becomes a chain of binary products.
extension LoweredProgram {
  mutating func shareCommonPairs() {
    var owners: [ValueID] = []
    var products: [[ValueID]] = []
    for (position, value) in values.enumerated() {
      guard case .multiply(let factors) = value.operation else { continue }
      owners.append(ValueID(position))
      products.append(factors)
    }
    var search = PairSearch(products)
    while let (pair, holders) = search.mostFrequent(in: products) {
      let domain = Set(self[pair.first].domain + self[pair.second].domain).sorted()
      let shared = intern(.multiply([pair.first, pair.second]), on: domain)
      for position in holders { products[position].extract(pair, as: shared) }
      search.register(shared, heldBy: holders, in: products)
    }
    var aliases: [ValueID: ValueID] = [:]
    for (value, factors) in zip(owners, products) {
      let domain = self[value].domain
      guard factors.count > 1 else {
        if factors[0] != value { aliases[value] = factors[0] }
        continue
      }
      let chain = factors.dropFirst().dropLast().reduce(factors[0]) { product, factor in
        intern(.multiply([product, factor].sorted()), on: domain)
      }
      let last = LoweredValue.Operation.multiply([chain, factors[factors.count - 1]].sorted())
      if let known = redefine(value, as: last) { aliases[value] = known }
    }
    rename(aliases)
  }
}

/// The pairs of factors by the number of products that hold them: counts go stale as other pairs are taken out, and
/// are corrected when a pair comes up.
private struct PairSearch {
  struct Pair: Hashable {
    let first, second: ValueID
    init(_ a: ValueID, _ b: ValueID) { (first, second) = (min(a, b), max(a, b)) }
  }

  private struct Candidate: Comparable {
    let count: Int
    let pair: Pair
    static func < (left: Candidate, right: Candidate) -> Bool {
      (left.count, -left.pair.first, -left.pair.second) < (right.count, -right.pair.first, -right.pair.second)
    }
  }

  private var occurrences: [Pair: [Int]] = [:]
  private var candidates: Heap<Candidate>

  /// Longer products are not searched: the number of pairs grows with the square.
  private static let longest = 24

  init(_ products: [[ValueID]]) {
    for (position, product) in products.enumerated() where product.count <= Self.longest {
      for pair in product.pairs { occurrences[pair, default: []].append(position) }
    }
    candidates = Heap(
      occurrences.lazy.filter { $0.value.count > 1 }.map { Candidate(count: $0.value.count, pair: $0.key) })
  }

  /// The pair that most products hold, and which; nil once each is in one product at most.
  mutating func mostFrequent(in products: [[ValueID]]) -> (Pair, holders: [Int])? {
    while let best = candidates.popMax() {
      let holders = (occurrences[best.pair] ?? []).filter { products[$0].contains(best.pair) }
      if holders.count == best.count { return (best.pair, holders) }
      occurrences[best.pair] = holders
      if holders.count > 1 { candidates.insert(Candidate(count: holders.count, pair: best.pair)) }
    }
    return nil
  }

  /// Counts the pairs of a factor that products have now.
  mutating func register(_ factor: ValueID, heldBy holders: [Int], in products: [[ValueID]]) {
    var fresh: [Pair: [Int]] = [:]
    for position in holders {
      for pair in products[position].pairs where pair.first == factor || pair.second == factor {
        fresh[pair, default: []].append(position)
      }
    }
    for (pair, positions) in fresh {
      // The factor may have been there before.
      let all = Set(occurrences[pair, default: []] + positions).sorted()
      occurrences[pair] = all
      if all.count > 1 { candidates.insert(Candidate(count: all.count, pair: pair)) }
    }
  }
}

extension [ValueID] {
  fileprivate var pairs: Set<PairSearch.Pair> {
    var pairs = Set<PairSearch.Pair>()
    for (position, first) in enumerated() {
      for second in self[(position + 1)...] { pairs.insert(.init(first, second)) }
    }
    return pairs
  }

  fileprivate func contains(_ pair: PairSearch.Pair) -> Bool {
    guard let position = firstIndex(of: pair.first) else { return false }
    return pair.first == pair.second
      ? self[(position + 1)...].contains(pair.second) : contains(pair.second)
  }

  fileprivate mutating func extract(_ pair: PairSearch.Pair, as shared: ValueID) {
    if let position = firstIndex(of: pair.first) { remove(at: position) }
    if let position = firstIndex(of: pair.second) { remove(at: position) }
    append(shared)
    sort()
  }
}
