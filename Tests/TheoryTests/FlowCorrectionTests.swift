import Foundation
import InductionModel
import MarkovChains
import ODESolvers
import Testing
import Theory

/// Descent with steps of the derived gradient, against the flow and the modified equation of the same loss.
@Suite struct FlowCorrectionTests {
  private let model: ModelDefinition
  private let loss: FiniteContextLoss
  private let start: Parameters

  init() throws {
    model = try ModelDefinition(tokens: 2, window: 2, heads: 2, degree: 2)
    let source = try Source(
      alphabet: Alphabet(size: 2), parents: [1, 2], prior: Prior(concentration: 0.5, kernels: 4, seed: 3))
    let drawn = try ChainSampler(source).sample(count: 40, length: 21, seed: 5, place: DrawPlace(.training))
    loss = try FiniteContextLoss(
      model: model, loss: Loss(epsilon: 1e-2), sequences: (0..<drawn.count).map { drawn[$0].map(Int.init) })
    start = Parameters(model: model, own: 1, other: 0, coefficients: 1, scale: 1)
  }

  private func descent(rate: Double, until time: Double, _ trained: [ParameterGroup]) -> [Double] {
    var point = start.flat
    var gradient = point
    for _ in 0..<Int((time / rate).rounded()) {
      loss.gradient(point, into: &gradient)
      for group in trained {
        for component in model.range(of: group) { point[component] -= rate * gradient[component] }
      }
    }
    return point
  }

  private func flow(_ correction: FlowCorrection, until time: Double, _ trained: [ParameterGroup]) throws
    -> [Double]
  {
    let flow = StagedFlow(
      loss, start: start, stages: [FlowStage(trained: trained, end: FlowStageEnd(time: time))],
      solver: Solver(stepper: .rk8pd, tolerance: Tolerance(relative: 1e-12, absolute: 1e-13)),
      correction: correction)
    return try flow.run(outputs: .none).parameters.flat
  }

  private func distance(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  /// Groups that do not train must stay out of the correction too.
  @Test(arguments: [ParameterGroup.allCases, [.coefficients, .scale]])
  func ordersInTheStepSize(trained: [ParameterGroup]) throws {
    let time = 16.0
    let exact = try flow(.none, until: time, trained)
    var errors: [(flow: Double, modified: Double)] = []
    for rate in [1.0, 0.5, 0.25] {
      let end = descent(rate: rate, until: time, trained)
      errors.append(
        (distance(end, exact), distance(end, try flow(.stepSize(rate: rate), until: time, trained))))
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      let (first, second) = (log2(coarse.flow / fine.flow), log2(coarse.modified / fine.modified))
      #expect(abs(first - 1) < 0.15, "order \(first) against the flow")
      #expect(abs(second - 2) < 0.15, "order \(second) against the modified equation")
    }
  }
}
