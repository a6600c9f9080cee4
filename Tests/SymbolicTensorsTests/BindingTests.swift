import SymbolicTensors
import TestSupport
import Testing

/// What a sum is called by makes no difference, and nothing that comes in under a sum is bound by it.
@Suite struct BindingTests {
  private let graph = ExpressionGraph()
  private let (i, j, k): (Index, Index, Index)
  private let (x, y, table): (Symbol, Symbol, Symbol)

  init() {
    (i, j, k) = (graph.index("i", extent: 3), graph.index("j", extent: 3), graph.index("k", extent: 3))
    x = graph.symbol("x", shape: [3], role: .parameter)
    y = graph.symbol("y", shape: [3], role: .parameter)
    table = graph.symbol("A", shape: [3, 3], role: .coefficient)
  }

  @Test func equalUpToRenamingIsEqual() {
    #expect(graph(x, i).exponential.sum(over: i) == graph(x, j).exponential.sum(over: j))
    func form(_ first: Index, _ second: Index) -> Expression {
      (graph(x, first) * graph(table, first, second) * graph(y, second)).sum(over: first, second)
    }
    #expect(form(i, j) == form(j, i))
    #expect(form(k, i) == form(i, j))
    #expect(form(i, j) != (graph(y, i) * graph(table, i, j) * graph(x, j)).sum(over: i, j))
    func nested(_ outer: Index, _ inner: Index) -> Expression {
      let sum = (graph(table, outer, inner) * graph(x, inner).exponential).sum(over: inner)
      return sum.logarithm.sum(over: outer)
    }
    #expect(nested(i, j) == nested(j, i))
    #expect(nested(i, j) == nested(k, j))
  }

  /// Tensors that are symmetric, and ones that only look alike: A_ij A_jk A_ki and A_ij A_jk A_ik.
  @Test func symmetricSums() {
    func cycle(_ a: Index, _ b: Index, _ c: Index) -> Expression {
      graph.product([graph(table, a, b), graph(table, b, c), graph(table, c, a)]).sum(over: a, b, c)
    }
    let transitive = graph.product([graph(table, i, j), graph(table, j, k), graph(table, i, k)])
      .sum(over: i, j, k)
    #expect(cycle(i, j, k) == cycle(j, i, k))
    #expect(cycle(i, j, k) == cycle(k, j, i))
    #expect(cycle(i, j, k) != transitive)
    // Two disjoint edges and a path have equal parts.
    let edges = (graph(table, i, j) * graph(table, j, i)).exponential.sum(over: i, j)
    #expect(edges == (graph(table, k, j) * graph(table, j, k)).exponential.sum(over: j, k))
  }

  /// A free index keeps its name, so sums over what is left are different.
  @Test func freeIndicesAreNotRenamed() {
    let first = (graph(table, i, k) * graph(x, k)).sum(over: k)
    let second = (graph(table, j, k) * graph(x, k)).sum(over: k)
    #expect(first != second)
    #expect(first.renaming([i: j]) == second)
    #expect(first.renaming([i: k]).renaming([k: i]) == first)
  }

  /// Copies that a renaming makes leave no trace: the same expression comes back, and no index is used up.
  @Test func copiesAreTakenAgain() {
    let sum = (graph(table, i, j) * graph(x, j).exponential).sum(over: j)
    let moved = sum.renaming([i: j])
    #expect(moved.freeIndices == [j])
    #expect(moved.renaming([j: i]) == sum)
    let count = graph.count
    for _ in 0..<5 {
      #expect(sum.renaming([i: j]) == moved)
      #expect(moved.renaming([j: i]) == sum)
      let jacobian = graph(x, i).softmax(over: i).gradient([graph(x, k)])[0]
      #expect(jacobian == graph(x, i).softmax(over: i).gradient([graph(x, k)])[0])
    }
    #expect(graph.count < count + 40)
  }

  /// Σ_j A_ij x_j with y_j in place of x's factor s: the new j is not the one that is summed over.
  @Test func substitutionDoesNotCapture() {
    let s = graph.symbol("s", role: .variable)
    let sum = (graph(table, i, j) * (graph(x, j) + graph(s)).exponential).sum(over: j)
    let replaced = substitute([graph(s): graph(y, j)], in: [sum])[0]
    #expect(replaced == (graph(table, i, k) * (graph(x, k) + graph(y, j)).exponential).sum(over: k))
    let weights = (graph(x, j) + graph(s) * graph(y, j)).softmax(over: j)
    let diagonal = substitute([graph(s): graph(y, j)], in: [weights])[0]
    let values: [Symbol: [Extended]] = [x: [0.1, -0.4, 0.7], y: [1, 2, -0.5]]
    let found = DirectEvaluator(graph, values: values).evaluate([diagonal])[0]
    for row in 0..<3 {
      let terms = (0..<3).map { Extended.exp(values[x]![$0] + values[y]![row] * values[y]![$0]) }
      #expect(Swift.abs(found[row] - terms[row] / terms.reduce(0, +)) < 1e-15)
    }
  }

  /// An entry stands for its symbol, at whatever index it is.
  @Test func substitutionOfASymbol() {
    let form = graph(x, i) * (graph(table, i, j) * graph(x, j)).sum(over: j)
    let replaced = substitute([graph(x, k): graph(y, k).exponential], in: [form])[0]
    #expect(replaced == graph(y, i).exponential * (graph(table, i, j) * graph(y, j).exponential).sum(over: j))
  }

  /// A sum over an index that is in use around it takes another letter, wherever the letter stands.
  @Test func printedSums() {
    let i = graph.index("i", extent: 2, latex: "i")
    let v = graph.symbol("v", shape: [2], role: .parameter, latex: "\\pi")
    let inner = (graph(v, i) + 1).exponential.sum(over: i)
    var printer = LatexPrinter(graph, Notation())
    let text = printer.inline(graph(v, i) * inner)
    #expect(text == "\\pi_{i} \\sum_{i'} \\exp\\left(1 + \\pi_{i'}\\right)")
  }
}
