import SymbolicTensors
import TestSupport
import Testing

/// Gradients of expressions with free indices, against central differences in extended precision.
@Suite struct JacobianTests {
  private let graph = ExpressionGraph()
  private let (i, j, k): (Index, Index, Index)
  private let (w, table): (Symbol, Symbol)

  init() {
    (i, j, k) = (graph.index("i", extent: 3), graph.index("j", extent: 3), graph.index("k", extent: 3))
    w = graph.symbol("w", shape: [3], role: .parameter)
    table = graph.symbol("A", shape: [3, 3], role: .coefficient)
  }

  /// Rows i, columns k.
  @Test func entriesAtAnotherIndex() {
    let y = (graph(table, i, j) * graph(w, j)).sum(over: j).exponential * graph(w, i).squared
    check(y, y.gradient([graph(w, k)])[0])
  }

  @Test func softmaxOverABoundIndex() {
    let weights = graph(w, j).softmax(over: j)
    let y = (graph(table, i, j) * weights).sum(over: j) + graph(w, i).power(3)
    check(y, y.gradient([graph(w, k)])[0])
  }

  @Test func softmaxOverAFreeIndex() {
    let y = graph(w, i).softmax(over: i)
    check(y, y.gradient([graph(w, k)])[0])
  }

  /// i is free outside and summed inside.
  @Test func oneNameForTwoIndices() {
    let y = graph(w, i) * (graph(w, i).squared * graph(table, i, j)).sum(over: i, j)
    check(y, y.gradient([graph(w, k)])[0])
  }

  /// An index shared with the variable stands for one value: the derivative along the diagonal.
  @Test func entriesAtTheSameIndex() {
    let y = graph(w, i).power(3) * graph(table, i, i)
    let derivative = y.gradient([graph(w, i)])[0]
    #expect(derivative == 3 * graph(w, i).squared * graph(table, i, i))
  }

  private func check(_ y: Expression, _ jacobian: Expression) {
    let point: [Extended] = [0.3, -0.7, 0.45]
    let numbers = (0..<9).map { Extended($0 * 7 % 5) / 3 - 0.5 }
    func value(_ expression: Expression, _ point: [Extended]) -> [Extended] {
      DirectEvaluator(graph, values: [w: point, table: numbers]).evaluate([expression])[0]
    }
    #expect(jacobian.freeIndices == [i, k])
    let found = value(jacobian, point)
    let step: Extended = Extended.self == Double.self ? 1e-5 : 1e-6
    for column in 0..<3 {
      var (above, below) = (point, point)
      above[column] += step
      below[column] -= step
      for (row, pair) in zip(value(y, above), value(y, below)).enumerated() {
        #expect(abs(found[row * 3 + column] - (pair.0 - pair.1) / (2 * step)) < 1e-9)
      }
    }
  }
}
