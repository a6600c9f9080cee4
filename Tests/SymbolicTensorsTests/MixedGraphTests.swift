import SymbolicTensors
import Testing

/// Expressions of two graphs end the program where they meet, with a message, instead of computing something else.
@Suite struct MixedGraphTests {
  @Test func addition() async {
    await #expect(processExitsWith: .failure) { _ = foreign() + foreign() }
  }

  @Test func quotient() async {
    await #expect(processExitsWith: .failure) { _ = foreign() / foreign() }
  }

  @Test func gradient() async {
    await #expect(processExitsWith: .failure) { _ = foreign().squared.gradient([foreign()]) }
  }

  @Test func plan() async {
    await #expect(processExitsWith: .failure) { _ = try Plan([foreign(), foreign()]) }
  }

  @Test func substitution() async {
    await #expect(processExitsWith: .failure) { _ = substitute([foreign(): foreign()], in: [foreign()]) }
  }
}

/// x, in a graph of its own.
private func foreign() -> Expression {
  let graph = ExpressionGraph()
  return graph(graph.symbol("x", role: .parameter))
}
