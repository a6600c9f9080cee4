import SymbolicTensors

/// Whether expressions vanish identically: their values at random points, where no chance would make them small.
struct Vanishing {
  private let graph: ExpressionGraph

  private static let points = 3
  private static let bound = 1e-11

  init(_ graph: ExpressionGraph) { self.graph = graph }

  func holds(_ expressions: [Expression]) -> Bool {
    let symbols = graph.symbols(of: expressions)
    var random = GenericPoints(seed: 1)
    return (0..<Self.points).allSatisfy { _ in
      let values = symbols.map { symbol in
        (symbol, (0..<graph.size(of: symbol)).map { _ in random.next() })
      }
      return DirectEvaluator(graph, values: Dictionary(uniqueKeysWithValues: values))
        .evaluate(expressions).joined().allSatisfy { abs($0) < Self.bound }
    }
  }
}
