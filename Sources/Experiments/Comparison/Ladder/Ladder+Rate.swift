import InductionModel
import MarkovChains
import ODESolvers
import Theory
import Transformer

/// Full-batch gradient descent of the transformer against the flow and the modified equation of the finite-context
/// loss on the same sequences, everything trained.
extension Ladder {
  private static let count = 128
  /// Steps at the largest rate.
  private static let steps = 16
  private static let rates = 5
  /// The largest rate is halved until descent is within this fraction of the flow's displacement: farther out, orders
  /// are not asymptotic.
  private static let nearness = 0.1

  func rateEdges(_ checkpoint: () throws -> Void) throws -> [LadderEdge] {
    let drawn = try ChainSampler(experiment.source).sample(
      count: Self.count, length: context + 1, seed: 11, place: DrawPlace(.measurement))
    let theory = try FiniteContextLoss(
      model: model, loss: loss, sequences: (0..<drawn.count).map { drawn[$0].map(Int.init) },
      threads: threads, memoryLimit: Resources.memory)
    let batch = try transformer.evaluator(precision: .double, pool: WorkerPool(threads: threads))
      .prepare(drawn, for: .many)
    let time = 4 * experiment.baseRate * Double(Self.steps)
    let start = experiment.start.flat
    let exact = try end(theory, .none, time)
    var rate = time / Double(Self.steps)
    var descended = descent(batch, rate: rate, time: time)
    while rate > time * 1e-4, !(distance(descended, exact) < Self.nearness * distance(start, exact)) {
      try checkpoint()
      rate /= 2
      descended = descent(batch, rate: rate, time: time)
    }
    var (flow, modified): ([LadderEdge.Point], [LadderEdge.Point]) = ([], [])
    for index in 0..<Self.rates {
      try checkpoint()
      // The search for the first rate has descended with it.
      let end = index == 0 ? descended : descent(batch, rate: rate, time: time)
      let corrected = try self.end(theory, .stepSize(rate: rate), time)
      flow.append(.init(variable: rate, error: distance(end, exact), standardError: nil))
      modified.append(.init(variable: rate, error: distance(end, corrected), standardError: nil))
      rate /= 2
    }
    return [LadderEdge(.rateToFlow, flow), LadderEdge(.rateToModifiedFlow, modified)]
  }

  private func end(_ loss: FiniteContextLoss, _ correction: FlowCorrection, _ time: Double) throws -> [Double]
  {
    let flow = StagedFlow(
      loss, start: experiment.start, stages: [FlowStage(end: FlowStageEnd(time: time))],
      solver: Solver(stepper: .rk8pd, tolerance: Tolerance(relative: 1e-10, absolute: 1e-12)),
      correction: correction)
    return try flow.run(outputs: .none).parameters.flat
  }

  private func descent(_ batch: PreparedBatch, rate: Double, time: Double) -> [Double] {
    var point = experiment.start.flat
    for _ in 0..<Int((time / rate).rounded()) {
      let gradient = batch.evaluate(at: point, .gradient).gradient
      for entry in point.indices { point[entry] -= rate * gradient[entry] }
    }
    return point
  }
}

extension Experiment {
  /// The rate of training, 1 without training.
  var baseRate: Double {
    switch configuration.training?.optimizer.rule {
    case .sgd(let rate, _)?, .adam(let rate, _, _, _)?: rate
    case nil: 1
    }
  }
}
