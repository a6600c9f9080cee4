import SymbolicTensors
import Testing

/// An output that turned out constant along some of the indices that the caller names stands for all of their values,
/// in whatever order they are named.
@Suite struct PlanOutputTests {
  private let graph = ExpressionGraph()

  /// ∂/∂w_ij of Σ_ij w_ij v_i is v_i, of Σ_ij w_ij u_j it is u_j, of Σ_ij w_ij it is 1.
  @Test func gradientsConstantAlongAnAxis() throws {
    let (i, j) = (graph.index("i", extent: 2), graph.index("j", extent: 3))
    let w = graph.symbol("w", shape: [2, 3], role: .parameter)
    let v = graph.symbol("v", shape: [2], role: .parameter)
    let u = graph.symbol("u", shape: [3], role: .parameter)
    let gradients = [graph(v, i), graph(u, j), graph.constant(1)].map { factor in
      (graph(w, i, j) * factor).sum(over: i, j).gradient([graph(w, i, j)])[0]
    }
    let plan = try Plan(gradients)
    plan.set(v, to: [5, 7])
    plan.set(u, to: [1, 2, 3])
    plan.run()
    let expected: [[Double]] = [[5, 5, 5, 7, 7, 7], [1, 2, 3, 1, 2, 3], [1, 1, 1, 1, 1, 1]]
    for (output, numbers) in expected.enumerated() {
      #expect(plan.output(output, over: [i, j]) == numbers)
      var vector = [Double](repeating: 10, count: 8)
      #expect(plan.add(output: output, to: &vector, at: 1, over: [i, j]) == 7)
      #expect(vector == [10] + numbers.map { $0 + 10 } + [10])
    }
    #expect(plan.output(0, over: [j, i]) == [5, 7, 5, 7, 5, 7])
  }

  /// An array comes out transposed where its indices are named in another order.
  @Test func orderOfTheCaller() throws {
    let (i, j) = (graph.index("i", extent: 2), graph.index("j", extent: 3))
    let w = graph.symbol("w", shape: [2, 3], role: .parameter)
    let plan = try Plan([graph(w, i, j).squared])
    plan.set(w, to: [1, 2, 3, 4, 5, 6])
    plan.run()
    #expect(plan.output(0, over: [j, i]) == [1, 16, 4, 25, 9, 36])
  }
}
