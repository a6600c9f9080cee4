import SymbolicTensors
import Testing

/// What a plan refuses, and that it does so before it takes any memory.
@Suite struct PlanErrorTests {
  private let graph = ExpressionGraph()

  @Test func nothingToEvaluate() {
    #expect(throws: PlanError.nothingToEvaluate) { try Plan([]) }
  }

  @Test(arguments: [nil, [1.0, 2], [1, 2, 3, 4]])
  func coefficientsOfAnotherShape(numbers: [Double]?) {
    let j = graph.index("j", extent: 3)
    let g = graph.symbol("g", shape: [3], role: .coefficient)
    let sum = graph(g, j).squared.sum(over: j)
    #expect(throws: PlanError.missingCoefficient(name: "g", expected: 3)) {
      try Plan([sum], coefficients: numbers.map { [g: $0] } ?? [:])
    }
  }

  @Test func moreThanTheLimit() throws {
    let (i, j) = (graph.index("i", extent: 1000), graph.index("j", extent: 1000))
    let x = graph.symbol("x", shape: [1000], role: .parameter)
    let outer = (graph(x, i) * graph(x, j)).exponential
    #expect {
      try Plan([outer], memoryLimit: 1_000_000)
    } throws: { error in
      guard case PlanError.tooLarge(let bytes, limit: 1_000_000) = error else { return false }
      return bytes >= 8_000_000 && bytes < 9_000_000
    }
    #expect(throws: Never.self) { try Plan([outer], memoryLimit: 20_000_000) }
  }

  /// 10^20 entries: more than the integers count, whether an array holds them or they are only summed over.
  @Test(arguments: [true, false])
  func sizesBeyondTheIntegers(isStored: Bool) {
    let indices = (0..<20).map { graph.index("i\($0)", extent: 10) }
    let x = graph.symbol("x", shape: [10], role: .parameter)
    let body = graph.sum(indices.map { graph(x, $0) }).exponential
    #expect(throws: PlanError.tooLarge(bytes: .max, limit: .max)) {
      try Plan([isStored ? body : body.sum(over: indices)])
    }
    #expect(throws: ScalarSystemError.tooLarge(entries: .max, limit: 1000)) {
      try ScalarSystem(
        [ScalarEquation(body.sum(over: indices))], inputs: [ScalarInput(x, (0..<10).map { "\($0)" })],
        limit: 1000)
    }
  }
}
