import Foundation
import SymbolicTensors
import Testing

/// Shares of exponentials, whose exponents may be far beyond what an exponential can take.
@Suite struct SharesTests {
  private let graph = ExpressionGraph()
  private let symbols: [Symbol]
  private let shares: [SymbolicTensors.Expression]

  init() {
    let graph = self.graph
    symbols = ["x", "y", "z"].map { graph.symbol($0, role: .parameter) }
    shares = graph.shares(of: symbols.map { graph($0).exponential })
  }

  /// e^{x−m}/Σ, and ∂p_k/∂x_i = p_k (δ_ki − p_i), by plan, interpreted and compiled.
  @Test(arguments: [0.0, 750, 1000, -1000, 1e6])
  func valuesAndSlopes(shift: Double) throws {
    let point = [0.5, -1, 0.25].map { $0 + shift }
    let weights = [0.5, -1, 0.25].map(exp)
    let expected = weights.map { $0 / weights.reduce(0, +) }
    let slopes = expected.enumerated().flatMap { k, share in
      expected.enumerated().map { i, other in share * ((i == k ? 1 : 0) - other) }
    }
    let variables = symbols.map { graph($0) }
    let outputs = shares + shares.flatMap { $0.gradient(variables) }
    let plan = try Plan(outputs)
    for (symbol, value) in zip(symbols, point) { plan.set(symbol, to: [value]) }
    plan.run()
    let system = try ScalarSystem(
      outputs.map { ScalarEquation($0) }, inputs: symbols.map { ScalarInput($0, [graph.name(of: $0)]) })
    let folder = try TemporaryCache()
    for found in [
      outputs.indices.map { plan.scalar($0) }, try ScalarFunction(planning: system)(point),
      try ScalarFunction(system, cache: folder.cache)(point),
    ] {
      #expect(zip(found, expected + slopes).allSatisfy { abs($0 - $1) < 1e-10 * max(1, abs(shift) / 1e3) })
    }
  }

  /// One far above the others takes everything.
  @Test func farApart() throws {
    let plan = try Plan(shares + shares[0].gradient(symbols.map { graph($0) }))
    for (symbol, value) in zip(symbols, [1000.0, -1000, 0]) { plan.set(symbol, to: [value]) }
    plan.run()
    #expect((0..<6).map { plan.scalar($0) } == [1, 0, 0, 0, 0, 0])
  }

  /// The equations that people read have no shift, and the textual form comes back.
  @Test func printing() throws {
    var printer = LatexPrinter(graph, Notation())
    #expect(printer.equations([("p", shares[0])]).allSatisfy { !$0.right.joined().contains("max") })
    #expect(try graph.parse(graph.text(of: shares)) == shares)
  }

  /// Shares of other weights are as they are written.
  @Test func otherWeights() {
    let squares = symbols.map { graph($0).squared }
    #expect(graph.shares(of: squares) == squares.map { $0 / graph.sum(squares) })
  }
}
