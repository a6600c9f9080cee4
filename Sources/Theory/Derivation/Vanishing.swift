import SymbolicTensors

/// Whether expressions vanish identically: their values at random points, where no chance would make them small.
struct Vanishing {
  private let graph: ExpressionGraph
  /// Symbols whose numbers lie in (0, 1]; those of the others in [−1, 1].
  private let nonNegative: Set<Symbol>

  private static let points = 3
  private static let bound = 1e-11

  init(_ graph: ExpressionGraph, nonNegative: Set<Symbol>) {
    self.graph = graph
    self.nonNegative = nonNegative
  }

  func holds(_ expressions: [Expression]) -> Bool {
    let symbols = graph.symbols(of: expressions)
    var state: UInt64 = 1
    func uniform() -> Double {
      // A linear congruence is random enough, and the same on every machine.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
    for _ in 0..<Self.points {
      var values: [Symbol: [Double]] = [:]
      for symbol in symbols {
        let count = graph.size(of: symbol)
        values[symbol] = (0..<count).map { _ in
          nonNegative.contains(symbol) ? uniform() + 1e-3 : 2 * uniform() - 1
        }
      }
      let entries = DirectEvaluator(graph, values: values).evaluate(expressions).joined()
      guard entries.allSatisfy({ abs($0) < Self.bound }) else { return false }
    }
    return true
  }
}
