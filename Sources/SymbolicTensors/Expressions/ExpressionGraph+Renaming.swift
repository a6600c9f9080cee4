/// Renaming and substitution: what is bound keeps apart from what comes in under it.
extension ExpressionGraph {
  /// Renames free indices, all at once; bound ones that would capture a new name take another name of their family.
  /// Two indices that get the same name give the diagonal.
  func rename(_ roots: [NodeID], _ names: [Index: Index]) -> [NodeID] {
    let names = names.filter { $0.key != $0.value }
    guard !names.isEmpty else { return roots }
    let targets = Set(names.values)
    var image: [NodeID: NodeID] = [:]
    func renamed(_ index: Index) -> Index { names[index] ?? index }
    for node in reachable(roots) {
      let free = free[Int(node)]
      guard free.contains(where: { names[$0] != nil }) else {
        image[node] = node
        continue
      }
      switch nodes[Int(node)] {
      case .symbol(let symbol, let indices): image[node] = entry(symbol, indices.map(renamed))
      case .delta(let first, let second): image[node] = delta(renamed(first), renamed(second))
      case .softmax(let child, over: let index):
        if free.contains(where: { $0 != index && renamed($0) == renamed(index) }) {
          let copy = copy(of: index, avoiding: Set(free).union(targets))
          var apart = names
          apart[index] = copy
          image[node] = diagonalSoftmax(rename([child], apart)[0], over: copy, at: renamed(index))
        } else {
          image[node] = softmax(image[child] ?? child, over: renamed(index))
        }
      case .contraction(let indices, let child):
        let captured = indices.filter { targets.contains($0) || names[$0] != nil }
        if captured.isEmpty {
          image[node] = contraction(indices, image[child] ?? child)
        } else {
          let kept = indices.filter { !captured.contains($0) }
          let apart = copies(of: captured, avoiding: Set(free.map(renamed) + kept))
          let outer = names.filter { !indices.contains($0.key) }
          let inner = rename([child], outer.merging(apart) { $1 })[0]
          image[node] = contraction(indices.map { apart[$0] ?? $0 }, inner)
        }
      default: image[node] = rebuild(node) { image[$0] ?? $0 }
      }
    }
    return roots.map { image[$0] ?? $0 }
  }

  /// Σ over a copy that agrees with an index: a softmax along the diagonal would be another thing.
  private func diagonalSoftmax(_ logits: NodeID, over copy: Index, at index: Index) -> NodeID {
    bind([copy], product([softmax(logits, over: copy), delta(copy, index)]))
  }

  /// A different copy of each index, none of them taken; an index that is not taken is its own copy.
  func copies(of indices: [Index], avoiding taken: Set<Index>) -> [Index: Index] {
    var taken = taken
    var copies: [Index: Index] = [:]
    for index in indices {
      let copy = copy(of: index, avoiding: taken)
      taken.insert(copy)
      copies[index] = copy
    }
    return copies
  }

  /// Replaces whole nodes, the first match from the roots down, and does not rewrite what replaces them. An entry of a
  /// symbol at distinct indices stands for the symbol: its other entries are replaced alike. Indices that a
  /// replacement brings along stay free: a sum that binds such a name takes another one.
  func substitute(_ roots: [NodeID], _ replacement: [NodeID: NodeID]) -> [NodeID] {
    var entries: [Symbol: (indices: [Index], replacement: NodeID)] = [:]
    var brought = Set<Index>()
    for (node, new) in replacement {
      brought.formUnion(Set(free[Int(new)]).subtracting(free[Int(node)]))
      if case .symbol(let symbol, let indices) = nodes[Int(node)], Set(indices).count == indices.count {
        entries[symbol] = (indices, new)
      }
    }
    var image: [NodeID: NodeID] = replacement
    /// A child in which an index is renamed apart before anything is replaced.
    func replaced(_ child: NodeID, _ apart: [Index: Index]) -> NodeID {
      substitute(rename([child], apart), replacement)[0]
    }
    for node in reachable(roots) where image[node] == nil {
      switch nodes[Int(node)] {
      case .symbol(let symbol, let indices):
        guard let (own, new) = entries[symbol] else { break }
        image[node] = rename([new], Dictionary(uniqueKeysWithValues: zip(own, indices)))[0]
        continue
      case .contraction(let indices, let child) where (image[child] ?? child) != child:
        let captured = indices.filter(brought.contains)
        guard !captured.isEmpty else { break }
        let apart = copies(of: captured, avoiding: brought.union(free[Int(child)]))
        image[node] = contraction(indices.map { apart[$0] ?? $0 }, replaced(child, apart))
        continue
      case .softmax(let child, over: let index) where (image[child] ?? child) != child:
        guard brought.contains(index) else { break }
        let copy = copy(of: index, avoiding: brought.union(free[Int(child)]))
        image[node] = diagonalSoftmax(replaced(child, [index: copy]), over: copy, at: index)
        continue
      default: break
      }
      image[node] = rebuild(node) { image[$0] ?? $0 }
    }
    return roots.map { image[$0] ?? $0 }
  }
}

extension Expression {
  /// Renames free indices, all at once; sums over one of the new names keep apart from it.
  ///
  /// - Precondition: an index's new name has its extent.
  public func renaming(_ names: [Index: Index]) -> Expression {
    Expression(graph, graph.rename([id], names)[0])
  }
}

/// Replaces expressions by others in several expressions at once.
///
/// A symbol's entry at distinct indices stands for the symbol: w(j) → exp(v(j)) replaces w(i) by exp(v(i)). Anything
/// else is replaced where it stands. Indices that a replacement has and what it replaces has not stay free, whatever
/// the sums around it bind.
public func substitute(
  _ replacements: [Expression: Expression], in expressions: [Expression]
) -> [Expression] {
  guard let graph = expressions.first?.graph else { return [] }
  let map = Dictionary(uniqueKeysWithValues: replacements.map { (graph.node($0.key), graph.node($0.value)) })
  return graph.substitute(expressions.map(graph.node), map).map { Expression(graph, $0) }
}
