import SymbolicTensors
import Testing

/// What a plan says that it takes, before and after it has it, and what it shares.
@Suite struct PlanMemoryTests {
  /// No more than two layers live at once.
  @Test func arraysTakeTurns() throws {
    let layers = Layers(size: 200, count: 10)
    let plan = try Plan([layers.last], coefficients: layers.coefficients)
    let matrices = Double(plan.bytes) / Double(8 * 200 * 200)
    // A, x and the layers; scratch and tables are small.
    #expect(matrices < 6.1, "\(matrices) matrices")
  }

  /// The numbers of arrays that share a place, against direct evaluation, also when the plan runs again.
  @Test func sharedPlacesKeepTheirNumbers() throws {
    let layers = Layers(size: 12, count: 6)
    let total = layers.last.sum(over: layers.last.freeIndices)
    let outputs = [layers.last] + total.gradient([layers.first])
    let plan = try Plan(outputs, coefficients: layers.coefficients)
    let start = (0..<144).map { 0.01 * Double($0 % 7) - 0.02 }
    plan.set(layers.parameter, to: start)
    let values = layers.coefficients.merging([layers.parameter: start]) { $1 }
    let expected = DirectEvaluator(layers.graph, values: values).evaluate(outputs)
    for _ in 0..<2 {
      plan.run()
      for (output, numbers) in expected.enumerated() {
        let scale = numbers.map(\.magnitude).max() ?? 1
        #expect(zip(plan.output(output), numbers).allSatisfy { abs($0 - $1) < 1e-13 * scale })
      }
    }
  }

  @Test(arguments: [1, 3])
  func theEstimateIsThePlansOwn(threads: Int) throws {
    let layers = Layers(size: 50, count: 3)
    let bytes = Plan.bytes(of: [layers.last], threads: threads)
    func plan(limit: Int) throws -> Plan {
      try Plan([layers.last], coefficients: layers.coefficients, threads: threads, memoryLimit: limit)
    }
    #expect(try plan(limit: bytes).bytes == bytes)
    #expect(throws: PlanError.tooLarge(bytes: bytes, limit: bytes - 1)) { try plan(limit: bytes - 1) }
  }
}

/// x ↦ exp(A x) several times over, on square matrices.
private struct Layers {
  let graph = ExpressionGraph()
  let parameter: Symbol
  let first, last: SymbolicTensors.Expression
  let coefficients: [Symbol: [Double]]

  init(size: Int, count: Int) {
    let (i, j, k) = (
      graph.index("i", extent: size), graph.index("j", extent: size), graph.index("k", extent: size)
    )
    parameter = graph.symbol("x", shape: [size, size], role: .parameter)
    let matrix = graph.symbol("A", shape: [size, size], role: .coefficient)
    coefficients = [matrix: (0..<size * size).map { Double($0 % 5) / Double(10 * size) }]
    first = graph(parameter, j, k)
    let product = graph(matrix, i, j)
    last = (0..<count).reduce(first) { layer, _ in
      (product * layer).sum(over: j).exponential.renaming([i: j])
    }
  }
}
