import SymbolicTensors
import TestSupport
import Testing

/// The same bits for any number of threads, on tensors large enough for threads to start: a kernel beyond 200,000
/// operations in several blocks, a matrix product beyond 500,000 in pieces or in batches, a softmax beyond 20,000 entries.
@Suite struct ThreadTests {
  private let graph = ExpressionGraph()

  /// Sums over the outer index, over the inner one and over both: with a private copy for each block, without.
  @Test func kernels() throws {
    let (i, j) = (graph.index("i", extent: 700), graph.index("j", extent: 900))
    let x = graph.symbol("x", shape: [700, 900], role: .parameter)
    let body = (graph(x, i, j).exponential + graph(x, i, j).squared).logarithm
    try check([body, body.sum(over: i), body.sum(over: j), body.sum(over: i, j)], x)
  }

  /// One dimension is cut into segments.
  @Test func segments() throws {
    let i = graph.index("i", extent: 300_000)
    let x = graph.symbol("x", shape: [300_000], role: .parameter)
    try check([graph(x, i).exponential, graph(x, i).exponential.sum(over: i)], x)
  }

  @Test func matrixProducts() throws {
    let (i, j, k) = (
      graph.index("i", extent: 310), graph.index("j", extent: 290), graph.index("k", extent: 310)
    )
    let x = graph.symbol("x", shape: [310, 290], role: .parameter)
    let product = (graph(x, i, j).exponential * graph(x, k, j)).sum(over: j)
    let batch = graph.index("b", extent: 60)
    let (m, n) = (graph.index("m", extent: 40), graph.index("n", extent: 40))
    let y = graph.symbol("y", shape: [60, 40, 40], role: .parameter)
    let inner = graph.index("l", extent: 40)
    let batched = (graph(y, batch, m, inner) * graph(y, batch, n, inner).squared).sum(over: inner)
    try check([product], x)
    try check([batched], y)
  }

  @Test func softmaxes() throws {
    let (i, j) = (graph.index("i", extent: 400), graph.index("j", extent: 300))
    let x = graph.symbol("x", shape: [400, 300], role: .parameter)
    try check([graph(x, i, j).softmax(over: j), graph(x, i, j).softmax(over: i)], x)
  }

  /// Against direct evaluation, and bit by bit against one thread, several times as races need not show at once.
  private func check(_ outputs: [Expression], _ symbol: Symbol) throws {
    var random = SeededGenerator(seed: 21)
    let numbers = (0..<graph.size(of: symbol)).map { _ in random.number(-1...1) }
    let expected = DirectEvaluator(graph, values: [symbol: numbers]).evaluate(outputs)
    var first: [[Double]]?
    for threads in [1, 2, 3, 8] {
      let plan = try Plan(outputs, threads: threads)
      plan.set(symbol, to: numbers)
      for _ in 0..<3 {
        plan.run()
        let found = outputs.indices.map { plan.output($0) }
        #expect(found == first ?? found, "\(threads) threads")
        first = found
        for (values, reference) in zip(found, expected) {
          let scale = reference.lazy.map(\.magnitude).max() ?? 1
          #expect(zip(values, reference).allSatisfy { abs($0 - $1) <= 1e-11 * scale })
        }
      }
    }
  }
}
