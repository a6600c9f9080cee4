import SymbolicTensors
import Testing

import func Foundation.exp

/// Plans of expressions that refer to others by name, against direct evaluation of what they stand for.
@Suite struct NamedValuesTests {
  private let graph = ExpressionGraph()
  private let (i, j, k, l): (Index, Index, Index, Index)
  private let (w, table): (Symbol, Symbol)
  private let numbers: [Symbol: [Double]]

  init() {
    (i, j) = (graph.index("i", extent: 3), graph.index("j", extent: 2))
    (k, l) = (graph.index("k", extent: 3), graph.index("l", extent: 2))
    w = graph.symbol("w", shape: [3], role: .parameter)
    table = graph.symbol("A", shape: [3, 2], role: .coefficient)
    numbers = [w: [0.3, -0.7, 0.45], table: [1, -2, 0.5, 0.25, 3, -1.5]]
  }

  /// As they stand, transposed, on the diagonal, summed, and names of names.
  @Test func valuesUnderOtherIndices() throws {
    var values = NamedValues()
    let value = graph(w, i).exponential * graph(table, i, j) + graph(w, i)
    let name = values.name("v", value)
    let square = (value * value.renaming([i: k])).sum(over: j)
    let squareName = values.name("s", (name * name.renaming([i: k])).sum(over: j))
    let pairs: [(Expression, Expression)] = [
      (name, value),
      (name.renaming([i: k, j: l]) * graph(w, i), value.renaming([i: k, j: l]) * graph(w, i)),
      (
        (graph(w, i) * name.renaming([i: k])).sum(over: k),
        (graph(w, i) * value.renaming([i: k])).sum(over: k)
      ),
      (squareName.renaming([k: i]), square.renaming([k: i])),
      (squareName.renaming([i: k, k: i]) * name, square.renaming([i: k, k: i]) * value),
    ]
    try check(pairs, values)
    // Nothing of what a name stands for is seen by a derivative.
    let slope = (name * graph(w, i)).sum(over: i, j).gradient([graph(w, k)])[0]
    #expect(slope == name.renaming([i: k]).sum(over: j))
    #expect(values.name("number", graph.constant(2)).number == 2)
  }

  /// A name's own axes may come in another order than the value's.
  @Test func definitions() throws {
    var values = NamedValues()
    let value = graph(w, i).exponential * graph(table, i, j)
    let symbol = graph.symbol("v", shape: [2, 3], role: .variable)
    values.define(graph(symbol, j, i), as: value)
    try check([(graph(symbol, l, k) * graph(w, i), value.renaming([i: k, j: l]) * graph(w, i))], values)
  }

  /// Tensors, a scalar and a number side by side: each along its own stretch of an index, whose place among the indices does
  /// not matter, and constant along what it lacks.
  @Test(arguments: [true, false]) func tensorsSideBySide(isFirst: Bool) throws {
    let first = graph.index("p", extent: 14)
    let row = graph.index("m", extent: 3)
    let index = isFirst ? first : graph.index("q", extent: 14)
    let parts: [(value: Expression, axes: [Index])] = [
      (graph(w, row) * graph(table, i, j), [j, i]), (graph(w, row).exponential * graph(w, i), [i]),
      (graph(w, i).squared, [i]), (graph(w, row).squared, []), (graph.constant(7), []),
    ]
    var values = NamedValues()
    let joined = values.join("J", parts, along: index)
    let plan = try Plan([joined], naming: values, coefficients: [table: numbers[table] ?? []])
    plan.set(w, to: numbers[w] ?? [])
    plan.run()
    let (w, table) = (numbers[w] ?? [], numbers[table] ?? [])
    let expected = (0..<3).flatMap { row -> [Double] in
      let transposed = (0..<2).flatMap { j in (0..<3).map { i in w[row] * table[2 * i + j] } }
      return transposed + w.map { exp(w[row]) * $0 } + w.map { $0 * $0 } + [w[row] * w[row], 7]
    }
    #expect(zip(plan.output(0, over: [row, index]), expected).allSatisfy { abs($0 - $1) < 1e-15 })
  }

  /// The plan says what it takes, named values and all.
  @Test func memory() throws {
    var values = NamedValues()
    let name = values.name("v", graph(w, i).exponential * graph(table, i, j))
    let plan = try Plan([name.sum(over: i)], naming: values, coefficients: [table: numbers[table] ?? []])
    #expect(plan.bytes == Plan.bytes(of: [name.sum(over: i)], naming: values))
  }

  private func check(_ pairs: [(named: Expression, written: Expression)], _ values: NamedValues) throws {
    let plan = try Plan(pairs.map(\.named), naming: values, coefficients: [table: numbers[table] ?? []])
    plan.set(w, to: numbers[w] ?? [])
    plan.run()
    let expected = DirectEvaluator(graph, values: numbers).evaluate(pairs.map(\.written))
    for (output, numbers) in expected.enumerated() {
      #expect(zip(plan.output(output), numbers).allSatisfy { abs($0 - $1) < 1e-14 }, "output \(output)")
      #expect(plan.output(output).count == numbers.count)
    }
  }
}
