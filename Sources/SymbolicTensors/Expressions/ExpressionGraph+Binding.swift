/// Contractions that differ only in the names of what they bind are the same node.
///
/// Two rules make it so. A bound index has the lowest name of its family (an index and its copies) that the rest of
/// the sum leaves free, so that copies made to avoid a capture leave no trace. And a sum that is another one with its
/// bound indices renamed *is* that other one, found by signatures that do not see the names of bound indices.
extension ExpressionGraph {
  /// Σ over indices that are all free in the body, as it stands.
  func bind(_ bound: [Index], _ body: NodeID) -> NodeID {
    let (indices, body) = lowestNames(bound, body)
    if let known = existing(.contraction(indices, body)) { return known }
    let rest = free[Int(body)].filter { !indices.contains($0) }
    let key = BindingKey(free: rest, signature: signatureOfSum(indices, body))
    for candidate in bindings[key] ?? [] where isRenaming(candidate, indices, body) { return candidate }
    let node = intern(.contraction(indices, body), free: rest)
    bindings[key, default: []].append(node)
    return node
  }

  /// The same sum with each bound index called by the lowest name that its family has to spare.
  private func lowestNames(_ bound: [Index], _ body: NodeID) -> ([Index], NodeID) {
    let bound = bound.sorted()
    guard bound.contains(where: hasCopies) else { return (bound, body) }
    let taken = Set(free[Int(body)]).subtracting(bound)
    var lowest = Set<Index>()
    for index in bound { lowest.insert(copy(of: origin(of: index), avoiding: taken.union(lowest))) }
    // Who has one of these names keeps it.
    var vacant = lowest.subtracting(bound).sorted()
    guard !vacant.isEmpty else { return (bound, body) }
    var names: [Index: Index] = [:]
    for index in bound where !lowest.contains(index) {
      guard let place = vacant.firstIndex(where: { origin(of: $0) == origin(of: index) }) else { continue }
      names[index] = vacant.remove(at: place)
    }
    return (lowest.sorted(), rename([body], names)[0])
  }

  /// Whether a sum is this one but for the names of bound indices.
  private func isRenaming(_ candidate: NodeID, _ bound: [Index], _ body: NodeID) -> Bool {
    guard case .contraction(let others, let target) = nodes[Int(candidate)], others.count == bound.count
    else {
      return false
    }
    let (own, theirs) = (bySignature(bound, in: body), bySignature(others, in: target))
    guard zip(own, theirs).allSatisfy({ $0.signature == $1.signature && $0.index.extent == $1.index.extent })
    else { return false }
    return matchings(own.map(\.signature)).contains { order in
      let names = zip(own, order).map { ($0.index, theirs[$1].index) }
      return rename([body], Dictionary(uniqueKeysWithValues: names))[0] == target
    }
  }

  private func bySignature(_ indices: [Index], in body: NodeID) -> [(index: Index, signature: UInt64)] {
    indices.map { (index: $0, signature: signature(of: body, at: $0)) }
      .sorted { ($0.signature, $0.index) < ($1.signature, $1.index) }
  }

  /// Orders in which equals may change places. Equal signatures are almost always a symmetry, where the first order
  /// fits; of the others a few are tried.
  private func matchings(_ signatures: [UInt64]) -> [[Int]] {
    var orders: [[Int]] = [[]]
    for position in signatures.indices {
      orders = orders.flatMap { order in
        signatures.indices.filter { signatures[$0] == signatures[position] && !order.contains($0) }
          .map { order + [$0] }
      }
      orders.removeLast(max(0, orders.count - Self.mostMatchings))
    }
    return orders
  }

  private static let mostMatchings = 24
}

/// What two sums that differ only in bound names have in common.
struct BindingKey: Hashable {
  let free: [Index]
  let signature: UInt64
}

// MARK: - Families of indices

extension ExpressionGraph {
  /// The first of an index and its copies.
  private func origin(of index: Index) -> Index { families[Int(indexNames[Int(index.id)].family)][0] }

  private func hasCopies(_ index: Index) -> Bool {
    families[Int(indexNames[Int(index.id)].family)].count > 1
  }

  /// The index itself or the first of its copies that is not taken.
  func copy(of index: Index, avoiding taken: Set<Index>) -> Index {
    let family = families[Int(indexNames[Int(index.id)].family)]
    return family.first { !taken.contains($0) } ?? freshCopy(of: index)
  }

  /// An index that nothing has yet, printed like another and of its extent.
  func freshCopy(of index: Index) -> Index {
    let family = Int(indexNames[Int(index.id)].family)
    let name = indexNames[Int(families[family][families[family].count - 1].id)]
    return addIndex(
      IndexName(text: name.text + "'", latex: name.latex + "'", family: name.family), extent: index.extent)
  }
}
