import InductionModel
import MarkovChains
import SymbolicTensors
import TestSupport
import Testing
import Theory

/// Time derivatives of a flow's solution: each is the change of the one before along the flow, by differences in
/// extended precision.
@Suite struct TimeDerivativeTests {
  @Test(arguments: 0..<RandomModels.variants)
  func infiniteContext(number: Int) throws {
    let seed = UInt64(4000 + number)
    var random = RandomModels(seed: seed)
    let model = try random.model(RandomModels.variant(number))
    let laws = try WindowLaws(
      kernels: random.kernels(2, tokens: model.tokens, parents: [1, 2]), window: model.reach)
    let loss = Loss(criterion: number % 2 == 0 ? .crossEntropy : .logits, epsilon: number % 3 == 0 ? 0 : 0.01)
    let point = random.parameters(model)
    let flow = InfiniteContext(model: model, loss: loss, laws: laws).flow(DerivationRequest(start: point))
    try check(flow, at: point, upTo: number % 4 == 0 ? 4 : 2, "seed \(seed), \(model)")
  }

  @Test func leadingOrder() throws {
    let reference = try ReferenceCase("two-parents")
    let level = try LeadingOrderLoss(model: reference.model, loss: reference.loss, laws: reference.laws())
    let flow = level.flow(DerivationRequest(start: reference.parameters))
    try check(flow, at: reference.parameters, upTo: 4, "two-parents")
  }

  private func check(_ flow: FlowSystem, at point: Parameters, upTo order: Int, _ comment: Comment) throws {
    let derivatives = try #require(flow.equations.timeDerivatives(upTo: order), comment)
    try #require(derivatives.count == order)
    let constants = flow.constants.mapValues { $0.map { Extended($0) } }
    func values(_ state: [Extended]) -> [[Extended]] {
      var numbers = constants
      var position = 0
      var sizes: [Int] = []
      for component in flow.components {
        let size = flow.graph.shape(of: component.symbol).reduce(1, *)
        numbers[component.symbol] = Array(state[position..<position + size])
        position += size
        sizes.append(size)
      }
      let found = DirectEvaluator(flow.graph, values: numbers).evaluate(derivatives.flatMap { $0 })
      return (0..<order).map { k in
        zip(sizes, found[k * sizes.count..<(k + 1) * sizes.count]).flatMap { size, entries in
          entries.count == size ? entries : Array(repeating: entries[0], count: size)
        }
      }
    }
    let state = point.flat.map { Extended($0) }
    let here = values(state)
    let step: Extended = Extended.self == Double.self ? 1e-5 : 1e-6
    let above = values(zip(state, here[0]).map { $0 + step * $1 })
    let below = values(zip(state, here[0]).map { $0 - step * $1 })
    for k in 1..<order {
      let scale = 1 + (here[k].map { Swift.abs($0) }.max() ?? 0)
      for (component, found) in here[k].enumerated() {
        let expected = (above[k - 1][component] - below[k - 1][component]) / (2 * step)
        let tolerance: Extended = Extended.self == Double.self ? 1e-6 : 1e-9
        #expect(Swift.abs(found - expected) < tolerance * scale, "\(comment), order \(k + 1)")
      }
    }
  }
}
