import Collections

/// Common parts of products: abc, abd and ab share ab. The pair of factors that occurs most often is taken out
/// first, until no pair occurs twice.
struct ProductSharing {
  typealias AtomID = Int32

  enum Atom: Hashable {
    case power(ScalarID, Number)
    case pair(AtomID, AtomID)
  }

  private(set) var atoms: [Atom] = []
  /// What each product node multiplies, from left to right.
  private(set) var factors: [ScalarID: [AtomID]] = [:]

  private struct Pair: Hashable {
    let first, second: AtomID
    init(_ a: AtomID, _ b: AtomID) { (first, second) = (min(a, b), max(a, b)) }
  }

  private struct Candidate: Comparable {
    let count: Int
    let pair: Pair
    static func < (left: Candidate, right: Candidate) -> Bool {
      (left.count, -left.pair.first, -left.pair.second) < (right.count, -right.pair.first, -right.pair.second)
    }
  }

  /// Longer products are not searched for pairs, whose number grows with the square.
  private static let longest = 24

  init(_ nodes: [ScalarNode]) {
    var positions: [Atom: AtomID] = [:]
    func atom(_ base: ScalarID, _ exponent: Number) -> AtomID {
      let atom = Atom.power(base, exponent)
      if let known = positions[atom] { return known }
      atoms.append(atom)
      positions[atom] = AtomID(atoms.count - 1)
      return AtomID(atoms.count - 1)
    }
    var products: [[AtomID]] = []
    var owners: [ScalarID] = []
    for (node, value) in nodes.enumerated() {
      guard case .product(let parts) = value else { continue }
      owners.append(ScalarID(node))
      products.append(
        parts.flatMap { part -> [AtomID] in
          // Low powers are repeated factors: x²y shares xy.
          if let count = part.exponent.integer, (1...3).contains(count) {
            return Array(repeating: atom(part.base, .one), count: count)
          }
          return [atom(part.base, part.exponent)]
        })
    }
    share(&products)
    for (owner, product) in zip(owners, products) { factors[owner] = product }
  }

  private mutating func share(_ products: inout [[AtomID]]) {
    var occurrences: [Pair: [Int]] = [:]
    for (position, product) in products.enumerated() where product.count <= Self.longest {
      for pair in Self.pairs(product) { occurrences[pair, default: []].append(position) }
    }
    var heap = Heap(
      occurrences.lazy.filter { $0.value.count > 1 }.map { Candidate(count: $0.value.count, pair: $0.key) })
    while let best = heap.popMax() {
      // Counts go stale as other pairs are taken out; the heap is corrected when a pair comes up.
      let current = (occurrences[best.pair] ?? []).filter {
        products[$0].contains(best.pair.first, best.pair.second)
      }
      guard current.count == best.count else {
        occurrences[best.pair] = current
        if current.count > 1 { heap.insert(Candidate(count: current.count, pair: best.pair)) }
        continue
      }
      atoms.append(.pair(best.pair.first, best.pair.second))
      let shared = AtomID(atoms.count - 1)
      var fresh: [Pair: [Int]] = [:]
      for position in current {
        products[position].extract(best.pair.first, best.pair.second, as: shared)
        for pair in Self.pairs(products[position]) where pair.first == shared || pair.second == shared {
          fresh[pair, default: []].append(position)
        }
      }
      for (pair, positions) in fresh {
        occurrences[pair] = positions
        if positions.count > 1 { heap.insert(Candidate(count: positions.count, pair: pair)) }
      }
    }
  }

  private static func pairs(_ product: [AtomID]) -> Set<Pair> {
    var pairs = Set<Pair>()
    for (position, first) in product.enumerated() {
      for second in product[(position + 1)...] { pairs.insert(Pair(first, second)) }
    }
    return pairs
  }
}

extension [ProductSharing.AtomID] {
  fileprivate func contains(_ first: Element, _ second: Element) -> Bool {
    guard let position = firstIndex(of: first) else { return false }
    return first == second ? self[(position + 1)...].contains(second) : contains(second)
  }

  fileprivate mutating func extract(_ first: Element, _ second: Element, as shared: Element) {
    if let position = firstIndex(of: first) { remove(at: position) }
    if let position = firstIndex(of: second) { remove(at: position) }
    append(shared)
  }
}
