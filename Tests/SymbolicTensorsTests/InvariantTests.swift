import SymbolicTensors
import Testing

@Suite struct InvariantTests {
  private let graph = ExpressionGraph()

  /// A loss in shares of every kind and in softmax weights: what is conserved follows from each choice.
  @Test func symmetries() {
    let j = graph.index("j", extent: 3)
    let w = graph.symbol("w", shape: [3], role: .parameter)
    let g = graph.symbol("g", shape: [3], role: .coefficient)
    let c = (0..<4).map { graph.symbol("c\($0)", role: .parameter) }
    let free = graph.symbol("x", shape: [3], role: .parameter)
    let head = (graph(w, j).softmax(over: j) * graph(g, j)).sum(over: j)
    let groups = [[graph(w, j)], c.map { graph($0) }, [graph(free, j)]]
    let kinds: [(ConservedSum.Form?, (Expression) -> Expression)] = [
      (.sumOfSquares, { $0.squared }), (.sum, { $0.exponential }),
      (.sumOfSquares, { $0.applying(.absolute) }),
      (nil, { $0.squared + 1 }),
    ]
    for (expected, weight) in kinds {
      let weights = c.map { weight(graph($0)) }
      let total = graph.sum(weights)
      let shares = weights.map { $0 / total }
      let similarity = graph.sum(
        shares.enumerated().map { power, share in share * (head + Number(power)).power(Number(power)) })
      let loss = (similarity + 1).logarithm + (graph(free, j).power(3) * graph(g, j)).sum(over: j)
      let found = loss.conservedSums(of: groups)
      let shift = ConservedSum(form: .sum, group: 0, evidence: .identity)
      let scale = expected.map { ConservedSum(form: $0, group: 1, evidence: .identity) }
      #expect(found == [shift] + (scale.map { [$0] } ?? []))
    }
  }

  /// A logit may be −∞ where a known number enters: then the weights may all be 0, and their sum is not known.
  @Test func maskedSoftmaxKeepsItsSum() {
    let j = graph.index("j", extent: 3)
    let w = graph.symbol("w", shape: [3], role: .parameter)
    let mask = graph.symbol("m", shape: [3], role: .coefficient)
    #expect(graph(w, j).softmax(over: j).sum(over: j) == graph.constant(1))
    #expect((graph(w, j) + graph(mask, j)).softmax(over: j).sum(over: j) != graph.constant(1))
  }

  /// The reduced dynamics conserve Σ_j w_hj of every head and Σ c², and nothing else of degree two.
  @Test func reducedDynamics() throws {
    let flow = try LeadingOrderFlow(window: 3, heads: 2, degree: 2)
    let found = try flow.system.firstIntegrals()
    #expect(
      found.map { $0.text(names: flow.system.names) } == [
        "w[1 1] + w[1 2] + w[1 3]", "w[2 1] + w[2 2] + w[2 3]", "c[]^2 + c[1]^2 + c[2]^2 + c[1 2]^2",
      ])
  }

  /// Euler's top conserves energy and angular momentum.
  @Test func rigidBody() {
    let inertia = [1.0, 2.0, 4.0]
    let found = firstIntegrals(dimension: 3) { omega in
      (0..<3).map { axis in
        let (next, other) = ((axis + 1) % 3, (axis + 2) % 3)
        return (inertia[next] - inertia[other]) / inertia[axis] * omega[next] * omega[other]
      }
    }
    #expect(found.count == 2)
    // Both invariants are combinations of the two that were found: check that these are independent and conserved.
    let start = [0.3, 0.5, -0.7]
    let squares = found.map { integral in
      (0..<3).map { axis in integral.value((0..<3).map { $0 == axis ? 1.0 : 0 }) }
    }
    for weights in squares {
      let rate = (0..<3).reduce(0.0) { total, axis in
        let (next, other) = ((axis + 1) % 3, (axis + 2) % 3)
        return total + 2 * weights[axis] * (inertia[next] - inertia[other]) / inertia[axis]
      }
      #expect(abs(rate * start[0] * start[1] * start[2]) < 1e-12)
    }
    #expect(abs(squares[0][0] * squares[1][1] - squares[0][1] * squares[1][0]) > 1e-6)
  }

  @Test func nothingIsConserved() {
    #expect(firstIntegrals(dimension: 2) { [$0[0] * $0[1], $0[0] + $0[1] * $0[1] * $0[1]] }.isEmpty)
  }

  @Test func oscillators() {
    // Two oscillators of frequencies 1 and 2: two energies, and no mixed quadratic integral.
    let found = firstIntegrals(dimension: 4) { [$0[1], -$0[0], 2 * $0[3], -2 * $0[2]] }
    #expect(found.map { $0.text(names: ["x", "u", "y", "v"]) }.sorted() == ["x^2 + u^2", "y^2 + v^2"])
  }
}
