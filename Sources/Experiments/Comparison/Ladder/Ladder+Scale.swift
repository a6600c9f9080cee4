import Flows
import InductionModel
import ODESolvers
import Theory

/// Leading-order against infinite-context dynamics of the shares, at fixed a·t: relative error of what they moved.
extension Ladder {
  private static let scales = [0.4, 0.2, 0.1, 0.05, 0.025]

  func scaleEdge() throws -> LadderEdge {
    let infinite = try InfiniteContextLoss(
      model: model, loss: experiment.configuration.loss, laws: laws, threads: threads,
      memoryLimit: Resources.memory)
    let leading = try LeadingOrderLoss(
      model: model, loss: experiment.configuration.loss, laws: laws, threads: threads,
      memoryLimit: Resources.memory)
    // So long that log(p_S/p_T) of some pair moves by about 1.
    var probe = try experiment.start
    probe.scale = 0.01
    let slope = try leading.evaluate(probe).gradient.coefficients.map { abs($0) / probe.scale }.max() ?? 0
    // By which a coefficient must change to matter.
    let size = model.variant.coefficients == .softmax ? 1 : probe.coefficients.map(abs).max() ?? 1
    let product = slope > 0 ? 0.5 * size / slope : 1
    let points = try Self.scales.map { scale in
      var start = try experiment.start
      start.scale = scale
      func shares(_ loss: any LossFunction) throws -> [Double] {
        let flow = StagedFlow(
          loss, start: start.flat,
          stages: [FlowStage(trained: [.coefficients], end: FlowStageEnd(time: product / scale))],
          solver: Solver(stepper: .rk8pd, tolerance: Tolerance(relative: 1e-9, absolute: 1e-12)))
        return ModelQuantities(model)(try flow.run(outputs: .none).parameters).shares
      }
      let reduced = try shares(leading)
      return LadderEdge.Point(
        variable: scale,
        error: distance(try shares(infinite), reduced) / distance(start.quantities(model).shares, reduced),
        standardError: nil)
    }
    return LadderEdge(.infiniteContextToLeadingOrder, points)
  }
}
