import Flows
import InductionModel
import MarkovChains
import ODESolvers
import Theory
import Transformer

/// Full-batch descent of the transformer against the flow, the modified equation and the inertial flow of the
/// finite-context loss on the same sequences, everything trained.
extension Ladder {
  private static let count = 128
  /// Steps at the largest rate.
  private static let steps = 16
  private static let rates = 5
  /// The largest rate is halved until descent is within this fraction of the flow's displacement: farther out, orders
  /// are not asymptotic.
  private static let nearness = 0.1
  /// From which on steps are taken as near enough, whatever the distance.
  private static let mostSteps = 2_000

  /// β of the arrow of momentum where training has none.
  private static let momentum = 0.5

  func rateEdges(_ checkpoint: () throws -> Void) throws -> [LadderEdge] {
    let drawn = try ChainSampler(experiment.source).sample(
      count: Self.count, length: context + 1, seed: 11, place: DrawPlace(.measurement))
    let theory = try FiniteContextLoss(
      model: model, loss: loss, sequences: (0..<drawn.count).map { drawn[$0].map(Int.init) },
      threads: threads, memoryLimit: Resources.memory)
    let batch = try transformer.evaluator(precision: .double, pool: WorkerPool(threads: threads))
      .prepare(drawn, for: .many)
    let time = 4 * experiment.baseRate * Double(Self.steps)
    let exact = try end(theory, .none, time)
    let plain = try sweep(of: 0, on: batch, time, exact, checkpoint)
    let trained = experiment.configuration.training?.optimizer.momentum ?? 0
    let momentum = trained > 0 ? trained : Self.momentum
    let inertial = try sweep(of: momentum, on: batch, time, exact, checkpoint)
    func edge(_ name: LadderEdge.Name, _ descents: [Descent], _ correction: (Descent) -> FlowCorrection)
      throws
      -> LadderEdge
    {
      LadderEdge(
        name,
        try descents.map { descent in
          try checkpoint()
          let correction = correction(descent)
          let flow = correction == .none ? exact : try end(theory, correction, time)
          return .init(variable: descent.rate, error: distance(descent.end, flow), standardError: nil)
        })
    }
    return [
      try edge(.rateToFlow, plain) { _ in .none },
      try edge(.rateToModifiedFlow, plain) { .stepSize(rate: $0.rate) },
      try edge(.momentumToInertialFlow, inertial) {
        .momentum(Inertia(rate: $0.rate, momentum: momentum))
      },
    ]
  }

  private struct Descent {
    let rate: Double
    let end: [Double]
  }

  /// At ever halved rates, from the first that is near enough to the flow.
  private func sweep(
    of momentum: Double, on batch: PreparedBatch, _ time: Double, _ flow: [Double],
    _ checkpoint: () throws -> Void
  ) throws -> [Descent] {
    let start = try experiment.start.flat
    var steps = Self.steps
    var descents: [Descent] = []
    while descents.count < Self.rates {
      try checkpoint()
      let rate = time / Double(steps) * (1 - momentum)
      let end = try descent(batch, rate: rate, momentum: momentum, steps: steps)
      let isNear = distance(end, flow) < Self.nearness * distance(start, flow) || steps > Self.mostSteps
      if !descents.isEmpty || isNear { descents.append(Descent(rate: rate, end: end)) }
      steps *= 2
    }
    return descents
  }

  private func end(_ loss: FiniteContextLoss, _ correction: FlowCorrection, _ time: Double) throws -> [Double]
  {
    let flow = StagedFlow(
      loss, start: try experiment.start.flat, stages: [FlowStage(end: FlowStageEnd(time: time))],
      solver: Solver(stepper: .rk8pd, tolerance: Tolerance(relative: 1e-10, absolute: 1e-12)),
      correction: correction)
    return try flow.run(outputs: .none).parameters
  }

  private func descent(_ batch: PreparedBatch, rate: Double, momentum: Double, steps: Int) throws -> [Double]
  {
    var point = try experiment.start.flat
    var velocity = point.map { _ in 0.0 }
    for _ in 0..<steps {
      let gradient = batch.evaluate(at: point, .gradient).gradient
      for entry in point.indices {
        velocity[entry] = momentum * velocity[entry] + gradient[entry]
        point[entry] -= rate * velocity[entry]
      }
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
