import Flows
import ParameterSpaces
import SymbolicTensors

import func Foundation.exp

/// A linear network of two layers, L = ½‖W₂W₁ − S‖², whose flow is known in closed form: a loss that is not this
/// program's model, of parameters that are matrices.
struct DeepLinear {
  let parameters: ParameterSymbols
  let loss: Expression
  let constants: [Symbol: [Double]]
  /// The diagonal of S.
  let targets: [Double]

  init(targets: [Double]) {
    let size = targets.count
    let space = ParameterSpace(
      ["W1", "W2"].map { name in
        ParameterBlock(
          name, name: "\(name)[#1 #2]", latex: "\(name)_{#1#2}", group: ParameterGroup(rawValue: name),
          axes: [.counted("i", size), .counted("j", size)])
      })
    let graph = ExpressionGraph()
    parameters = ParameterSymbols(graph, space)
    let (i, j) = (parameters.indices[0][0], parameters.indices[0][1])
    let k = graph.index("k", extent: size)
    let target = graph.symbol("S", shape: [size, size], role: .coefficient)
    let product = (graph(parameters.symbols[1], i, k) * graph(parameters.symbols[0], k, j)).sum(over: k)
    loss = Number(1, over: 2) * (product - graph(target, i, j)).squared.sum(over: i, j)
    constants = [target: Self.diagonal(targets)]
    self.targets = targets
  }

  static func diagonal(_ entries: [Double]) -> [Double] {
    entries.indices.flatMap { row in entries.indices.map { $0 == row ? entries[row] : 0 } }
  }

  /// Both layers u·1.
  func start(_ u: Double) -> [Double] {
    let layer = Self.diagonal(targets.map { _ in u })
    return layer + layer
  }

  /// The singular values of W₂W₁ from a start of u·1: s' = 2s(σ − s).
  func singularValues(_ u: Double, at time: Double) -> [Double] {
    targets.map { target in
      let ratio = u * u / (target - u * u) * exp(2 * target * time)
      return target * ratio / (1 + ratio)
    }
  }

  func planned() throws -> PlannedLoss {
    try PlannedLoss(loss, of: parameters, PlanResources(constants: constants))
  }
}
