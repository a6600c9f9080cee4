import SymbolicTensors
import Testing

@Suite struct ScalarSystemTests {
  private let graph = ExpressionGraph()

  /// Σ_ij x_i g_ij x_j: zero coefficients vanish, equal monomials are collected, names are kept.
  @Test func quadraticForm() throws {
    let (i, j) = (graph.index("i", extent: 2), graph.index("j", extent: 2))
    let x = graph.symbol("x", shape: [2], role: .parameter)
    let g = graph.symbol("g", shape: [2, 2], role: .coefficient)
    let form = (graph(x, i) * graph(g, i, j) * graph(x, j)).sum(over: i, j)
    let system = try ScalarSystem(
      [ScalarEquation(form)], inputs: [ScalarInput(x, ["x1", "x2"])], constants: [g: [0, 2, 3, 0]])
    #expect(system.names == ["x1", "x2"])
    #expect("\(system.equations[0])" == "5*x1*x2")
    #expect(try ScalarFunction(planning: system)([0.5, 3]) == [7.5])
  }

  /// An equation may run over indices that its expression lacks, and in another order.
  @Test func order() throws {
    let (i, j) = (graph.index("i", extent: 2), graph.index("j", extent: 3))
    let g = graph.symbol("g", shape: [2, 3], role: .coefficient)
    let numbers: [Double] = [1, 2, 3, 4, 5, 6]
    let x = graph.symbol("x", role: .parameter)
    let system = try ScalarSystem(
      [
        ScalarEquation(graph(g, i, j) * graph(x), over: [j, i]), ScalarEquation(graph(x), over: [i]),
      ], inputs: [ScalarInput(x, ["x"])], constants: [g: numbers])
    #expect(try ScalarFunction(planning: system)([2]) == [2, 8, 4, 10, 6, 12, 2, 2])
  }

  @Test func errors() throws {
    let (i, j) = (graph.index("i", extent: 2), graph.index("j", extent: 3))
    let g = graph.symbol("g", shape: [2, 3], role: .coefficient)
    let entry = graph(g, i, j)
    #expect(throws: ScalarSystemError.unbound(symbol: "g")) {
      try ScalarSystem([ScalarEquation(entry)], inputs: [])
    }
    #expect(throws: ScalarSystemError.wrongCount(symbol: "g", found: 5, expected: 6)) {
      try ScalarSystem(
        [ScalarEquation(entry)], inputs: [], constants: [g: [Double](repeating: 1, count: 5)])
    }
    #expect(throws: ScalarSystemError.missingIndex) {
      try ScalarSystem(
        [ScalarEquation(entry, over: [i])], inputs: [], constants: [g: [Double](repeating: 1, count: 6)])
    }
    #expect(throws: ScalarSystemError.tooLarge(entries: 6, limit: 5)) {
      try ScalarSystem(
        [ScalarEquation(entry)], inputs: [], constants: [g: [Double](repeating: 1, count: 6)], limit: 5)
    }
    #expect(throws: ScalarSystemError.noEquations) { try ScalarSystem([], inputs: []) }
  }
}
