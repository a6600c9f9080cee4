import Flows
import InductionModel
import MarkovChains
import ODESolvers
import ParameterSpaces
import Theory

/// Descent with steps of a derived gradient, beside the flows of the same loss.
struct DescentProblem {
  let model: ModelDefinition
  let loss: FiniteContextLoss
  let start: Parameters

  init() throws {
    model = try ModelDefinition(tokens: 2, window: 2, heads: 2, degree: 2)
    let source = try Source(
      alphabet: Alphabet(size: 2), parents: [1, 2], prior: Prior(concentration: 0.5, kernels: 4, seed: 3))
    let drawn = try ChainSampler(source).sample(count: 40, length: 21, seed: 5, place: DrawPlace(.training))
    loss = try FiniteContextLoss(
      model: model, loss: Loss(epsilon: 1e-2), sequences: (0..<drawn.count).map { drawn[$0].map(Int.init) })
    start = Parameters(model: model, own: 1, other: 0, coefficients: 1, scale: 1)
  }

  /// Momentum begins anew with each stage; a step takes rate/(1 − momentum) of time.
  func descent(rate: Double, momentum: Double = 0, _ stages: [(time: Double, trained: [ParameterGroup])])
    -> [Double]
  {
    var point = start.flat
    var gradient = point
    for stage in stages {
      var velocity = point.map { _ in 0.0 }
      for _ in 0..<Int((stage.time * (1 - momentum) / rate).rounded()) {
        loss.gradient(point, into: &gradient)
        for component in model.parameterSpace.components(of: stage.trained) {
          velocity[component] = momentum * velocity[component] + gradient[component]
          point[component] -= rate * velocity[component]
        }
      }
    }
    return point
  }

  func flow(_ correction: FlowCorrection, _ stages: [(time: Double, trained: [ParameterGroup])]) throws
    -> [Double]
  {
    let flow = StagedFlow(
      loss, start: start.flat,
      stages: stages.map { FlowStage(trained: $0.trained, end: FlowStageEnd(time: $0.time)) },
      solver: Solver(stepper: .rk8pd, tolerance: Tolerance(relative: 1e-12, absolute: 1e-13)),
      correction: correction)
    return try flow.run(outputs: .none).parameters
  }

  func distance(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }
}
