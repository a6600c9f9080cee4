import SymbolicTensors
import Testing

/// Derivatives along flows whose solutions are known.
@Suite struct RateEquationTests {
  private func values(
    _ graph: ExpressionGraph, _ derivatives: [[Expression]], _ numbers: [Symbol: [Double]]
  ) -> [Double] {
    DirectEvaluator(graph, values: numbers).evaluate(derivatives.map { $0[0] }).map { $0[0] }
  }

  /// y' = y² has y⁽ᵏ⁾ = k! yᵏ⁺¹.
  @Test func explosion() throws {
    let graph = ExpressionGraph()
    let y = graph.symbol("y", role: .parameter)
    let flow = RateEquations(state: [graph(y)], rates: [graph(y).squared])
    let derivatives = try #require(flow.timeDerivatives(upTo: 5))
    #expect(
      derivatives.map { $0[0] }
        == [1, 2, 6, 24, 120].enumerated().map { $1 * graph(y).power(Number($0 + 2)) })
  }

  /// |y|' and relatives away from their kink: y' = −|y| decays for y > 0 and grows without bound for y < 0.
  @Test(arguments: [0.7, -0.7])
  func kinks(start: Double) throws {
    let graph = ExpressionGraph()
    let y = graph.symbol("y", role: .parameter)
    for function in [Function.absolute, .rectifier, .guardedPower(Number(3, over: 2))]
    where start > 0 || function == .absolute {
      let flow = RateEquations(state: [graph(y)], rates: [-graph(y).applying(function)])
      let derivatives = try #require(flow.timeDerivatives(upTo: 4))
      // y' = −y^{3/2}: y'' = 3/2 y², y''' = −3 y^{5/2}, y'''' = 15/2 y³.
      let expected: [Double] =
        switch function {
        case .absolute: start > 0 ? [-start, start, -start, start] : [start, start, start, start]
        case .rectifier: [-start, start, -start, start]
        default:
          zip([-1, 1.5, -3, 7.5], [1.5, 2, 2.5, 3]).map { $0 * power(start, $1) }
        }
      for (found, expected) in zip(values(graph, derivatives, [y: [start]]), expected) {
        #expect(abs(found - expected) < 1e-14, "\(function)")
      }
    }
  }

  private func power(_ base: Double, _ exponent: Double) -> Double {
    let whole = (0..<Int(exponent)).reduce(1) { product, _ in product * base }
    return exponent == exponent.rounded() ? whole : whole * base.squareRoot()
  }

  /// x' = A x: derivatives are powers of A, whichever indices the matrix is written with.
  @Test func linear() throws {
    let graph = ExpressionGraph()
    let (i, j) = (graph.index("i", extent: 3), graph.index("j", extent: 3))
    let (x, a) = (
      graph.symbol("x", shape: [3], role: .parameter), graph.symbol("A", shape: [3, 3], role: .coefficient)
    )
    let flow = RateEquations(state: [graph(x, i)], rates: [(graph(a, i, j) * graph(x, j)).sum(over: j)])
    let derivatives = try #require(flow.timeDerivatives(upTo: 3))
    let matrix: [Double] = [1, 2, 0, -1, 0.5, 3, 0, 1, -2]
    let start = [0.3, -1, 2]
    let product = try #require(flow.jacobianProduct())
    let numbers = [x: start, a: matrix, product.direction[0]: [1, 0, 2]]
    let evaluator = DirectEvaluator(graph, values: numbers)
    func times(_ vector: [Double]) -> [Double] {
      (0..<3).map { row in (0..<3).reduce(0) { $0 + matrix[3 * row + $1] * vector[$1] } }
    }
    var expected = start
    for order in derivatives {
      expected = times(expected)
      #expect(zip(evaluator.evaluate(order)[0], expected).allSatisfy { abs($0 - $1) < 1e-13 })
    }
    #expect(evaluator.evaluate(product.product)[0] == times([1, 0, 2]))
  }

  /// x' = y, y' = x: derivatives alternate.
  @Test func coupled() {
    let graph = ExpressionGraph()
    let (x, y) = (graph.symbol("x", role: .parameter), graph.symbol("y", role: .parameter))
    let flow = RateEquations(state: [graph(x), graph(y)], rates: [graph(y), graph(x)])
    #expect(
      flow.timeDerivatives(upTo: 3) == [[graph(y), graph(x)], [graph(x), graph(y)], [graph(y), graph(x)]])
  }
}
