import Flows
import InductionModel
import MarkovChains
import ODESolvers
import Testing
import Theory

/// The leading-order flow against the flow of the infinite-context loss: a relative error of O(a).
@Suite struct FlowOrderTests {
  /// With a fixed, coefficients and attention move by amounts of order one while a·t does: what the two flows moved by
  /// differs by a part of it that is proportional to a.
  @Test func leadingOrderHasAnErrorOfOrderOne() throws {
    var random = RandomModels(seed: 6001)
    let model = try ModelDefinition(tokens: 3, window: 2, heads: 2, degree: 2)
    let laws = try WindowLaws(kernels: random.kernels(4, tokens: 3, parents: [1, 2]), window: 2)
    let exact = try InfiniteContextLoss(model: model, loss: Loss(), laws: laws)
    let leading = try LeadingOrderLoss(model: model, loss: Loss(), laws: laws)
    let solver = Solver(stepper: .rk8pd, tolerance: Tolerance(relative: 1e-12, absolute: 1e-13))
    func movement(_ loss: any LossFunction, scale: Double) throws -> [Double] {
      let start = Parameters(model: model, own: 1, other: 0, coefficients: 1, scale: scale).flat
      let flow = Flow(loss, trained: [.coefficients, .attention], start: start)
      let state = flow.state(start)
      let end = try solve(flow.system, from: 0, state: state, to: 40 / scale, solver: solver).outcome.state
      return zip(end, state).map { $0 - $1 }
    }
    func norm(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let scales = [0.2, 0.1, 0.05, 0.025]
    let errors = try scales.map { scale in
      let (moved, approximate) = (try movement(exact, scale: scale), try movement(leading, scale: scale))
      #expect(norm(moved) > 0.1)
      return norm(zip(moved, approximate).map { $0 - $1 }) / norm(moved)
    }
    for (larger, smaller) in zip(errors, errors.dropFirst()) {
      // log2 of the ratio within 1 ± 0.1.
      #expect((1.866...2.144).contains(larger / smaller), "seed 6001, errors \(errors)")
    }
  }
}
