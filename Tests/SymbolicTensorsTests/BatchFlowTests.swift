import Foundation
import SymbolicTensors
import TestSupport
import Testing

@Suite struct BatchFlowTests {
  /// x' = y, y' = −x, u' = e^{−u}, v' = −v³: closed forms.
  @Test(arguments: [(1, 1), (11, 1), (11, 3), (40, 2)])
  func closedForms(count: Int, threads: Int) throws {
    let folder = try TemporaryCache()
    guard let flow = try Self.flow(folder) else { return }
    var random = SeededGenerator(seed: 11)
    let starts = (0..<count).map { _ in (0..<4).map { _ in random.number(-1...1) } }
    let time = 7.5
    let ends = flow.integrate(starts, for: time, relative: 1e-11, absolute: 1e-12, threads: threads)
    for (start, end) in zip(starts, ends) {
      let expected = [
        start[0] * cos(time) + start[1] * sin(time), start[1] * cos(time) - start[0] * sin(time),
        log(exp(start[2]) + time), start[3] / (1 + 2 * start[3] * start[3] * time).squareRoot(),
      ]
      #expect(end.isComplete && end.steps > 0)
      #expect(zip(end.state, expected).allSatisfy { abs($0 - $1) < 1e-9 })
    }
    // Alone or in company, on one thread or more: the same bits.
    for start in [0, count / 2, count - 1] {
      let alone = flow.integrate([starts[start]], for: time, relative: 1e-11, absolute: 1e-12)
      #expect(alone[0] == ends[start])
    }
  }

  /// v' = −v³ backwards from 1 is singular at t = −½: the start stops there and says so; others go on.
  @Test func singularity() throws {
    let folder = try TemporaryCache()
    guard let flow = try Self.flow(folder) else { return }
    let ends = flow.integrate(
      [[0, 0, 5, 1], [1, 0, 5, 0]], for: -1, relative: 1e-9, absolute: 1e-9, limit: 5000)
    #expect(!ends[0].isComplete && ends[1].isComplete)
    #expect(abs(ends[1].state[0] - cos(1)) < 1e-7)
  }

  private static func flow(_ folder: TemporaryCache) throws -> BatchFlow? {
    let graph = ExpressionGraph()
    let symbols = ["x", "y", "u", "v"].map { graph.symbol($0, role: .variable) }
    let (x, y, u, v) = (graph(symbols[0]), graph(symbols[1]), graph(symbols[2]), graph(symbols[3]))
    let system = try ScalarSystem(
      [y, -x, (-u).exponential, -v.power(3)].map { ScalarEquation($0) },
      inputs: symbols.map { ScalarInput($0, [graph.name(of: $0)]) })
    do {
      return try BatchFlow(system, cache: folder.cache)
    } catch CompilationError.noCompiler {
      print("no compiler: batches are not tested")
      return nil
    }
  }
}
