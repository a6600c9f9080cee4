import Foundation
import SymbolicTensors
import Testing

@Suite struct PrintingTextTests {
  @Test(arguments: [1, 20_261_123] as [UInt64])
  func parsingWhatIsPrintedGivesTheSameExpression(seed: UInt64) throws {
    for round in 0..<60 {
      var random = PrintingRandomExpressions(seed: seed &+ UInt64(round))
      for count in 1...50 {
        let expression = random.next()
        let text = random.graph.text(of: [expression])
        // A constant that overflowed to no number equals nothing, itself included.
        if text.contains("nan") { continue }
        try #require(
          try random.graph.parse(text) == [expression],
          "seed \(seed) + \(round), expression \(count): \(text)")
      }
    }
  }

  @Test func severalExpressionsShareTheirNames() throws {
    let graph = ExpressionGraph()
    let j = graph.index("j", extent: 3)
    let (w, a) = (
      graph.symbol("w", shape: [3], role: .parameter), graph.symbol("a", role: .parameter)
    )
    let long = (graph(w, j) * graph(a) + 1).exponential.softmax(over: j) * graph(w, j)
    let text = graph.text(of: [long.sum(over: j), long.squared.sum(over: j), graph(a)])
    #expect(text.split(separator: "\n").count == 4)
    #expect(text.components(separatedBy: "softmax").count == 2, "the shared part stands once: \(text)")
    #expect(try graph.parse(text) == [long.sum(over: j), long.squared.sum(over: j), graph(a)])
  }

  @Test func deepExpressionsAreNoDanger() throws {
    let graph = ExpressionGraph()
    let x = graph.symbol("x", role: .variable)
    var deep = graph(x)
    for _ in 0..<3_000 { deep = (deep + graph(x)).applying(.exp) }
    #expect(try graph.parse(graph.text(of: [deep])) == [deep])
    var printer = LatexPrinter(graph, Notation())
    #expect(!printer.equations([("y", deep)]).isEmpty)
  }

  @Test func writtenTextIsBroughtToCanonicalForm() throws {
    let graph = ExpressionGraph()
    let j = graph.index("j", extent: 3)
    let (x, y) = (graph.symbol("x", role: .variable), graph.symbol("y", shape: [3], role: .variable))
    _ = graph(y, j)
    #expect(try graph.parse("x + x*2 - 3*x") == [graph.constant(0)])
    #expect(
      try graph.parse("sum[j](x*y[j])")
        == [graph(x) * graph(y, j).sum(over: j)])
    #expect(try graph.parse("x^2*x^(-1)") == [graph(x)])
    #expect(try graph.parse("3/4 + 1/4") == [graph.constant(1)])
  }

  @Test(arguments: [
    ("x +", 1, 4), ("x*(1 + x", 1, 9), ("z", 1, 1), ("x\nlet %1 = y[k]", 2, 12), ("y", 1, 2), ("x ? 2", 1, 3),
    ("%3", 1, 1), ("1/0", 1, 1), ("x x", 1, 3), (String(repeating: "(", count: 1000), 1, 161),
  ])
  func whatIsNoExpressionIsRefused(text: String, line: Int, column: Int) {
    let graph = ExpressionGraph()
    let j = graph.index("j", extent: 3)
    let (_, y) = (graph.symbol("x", role: .variable), graph.symbol("y", shape: [3], role: .variable))
    _ = graph(y, j)
    #expect { try graph.parse(text) } throws: { error in
      guard let error = error as? TextFormError else { return false }
      return (error.line, error.column) == (line, column)
    }
  }
}
