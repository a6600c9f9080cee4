/// How much source scalar equations make, told from the expressions before anything is written.
public struct ScalarSize: Hashable, Sendable {
  /// Operands of all statements, those of long sums over the same operands counted once: what the time of a compiler and
  /// the length of a source are proportional to.
  public let tabulated: Int
  /// Operands where every sum is written out.
  public let written: Int

  public static func + (left: ScalarSize, right: ScalarSize) -> ScalarSize {
    ScalarSize(tabulated: left.tabulated + right.tabulated, written: left.written + right.written)
  }
}

extension ScalarSize {
  /// - Complexity: linear in the number of operands.
  init(of roots: [NodeID], in graph: ExpressionGraph, longestSum: Int) {
    var (tabulated, written) = (0, 0)
    var known = Set<[NodeID]>()
    for node in graph.reachable(roots) {
      var count = 0
      graph.forEachChild(of: node) { _ in count += 1 }
      written += count
      if case .sum(let terms) = graph.nodes[Int(node)], count > longestSum,
        !known.insert(terms.map(\.node)).inserted
      {
        count = 1
      }
      tabulated += count
    }
    self.init(tabulated: tabulated, written: written)
  }
}
