import InductionModel
import MarkovChains
import Transformer

/// How far a model at one point is from the generalized induction head of every set, on fresh sequences.
public struct LimitDistances: Sendable {
  /// L.
  public let context: Int
  public let entries: [Entry]

  public struct Entry: Sendable {
    public let set: LagSet
    /// E ½ Σ_e |y(e) − GIH(S)(e)|.
    public let totalVariation: SampleMean
    /// E KL(GIH(S)‖y), nats.
    public let divergence: SampleMean
  }

  /// The set whose induction head is nearest; of equally near ones the smallest.
  public var nearest: Entry? {
    entries.reduce(nil) { best, entry in
      guard let best, best.totalVariation.mean <= entry.totalVariation.mean else { return entry }
      return best
    }
  }

  public subscript(set: LagSet) -> Entry? { entries.first { $0.set == set } }
}

/// Fresh sequences of several lengths and the induction heads' predictions on them, made once for all models that are
/// measured.
struct LimitProbe {
  /// Whose point it is: the theory is that of the disentangled model, training may be of another.
  enum Side {
    case theory, training
  }

  let experiment: Experiment
  private let samples: [Sample]

  private struct Sample {
    let trial: Trial
    let heads: [(set: LagSet, predictions: Predictions)]
  }

  /// - Throws: `SamplerError`, `ChainError`.
  init(_ experiment: Experiment, contexts: [Int], count: Int, seed: Int, pool: WorkerPool) throws {
    self.experiment = experiment
    let sets = experiment.model.reachableSets
    samples = try contexts.map { context in
      let trial = Trial(
        try FreshSequences(
          .source(experiment.source), context: context, count: count, seed: seed, pool: pool),
        pool: pool)
      let heads = trial.inductionHeads(sets, experiment.model)
      return Sample(trial: trial, heads: zip(sets, heads).map { (set: $0, predictions: $1) })
    }
  }

  private func model(_ side: Side) -> any TrainableModel {
    switch side {
    case .theory: DisentangledTransformer(experiment.model, loss: experiment.configuration.loss)
    case .training: experiment.trainable
    }
  }

  /// The model at the point of the last row.
  ///
  /// - Throws: `ConfigurationError` for the trajectory of another model.
  func end(_ table: TrajectoryTable, _ side: Side) throws -> Predictor {
    let model = model(side)
    return .model("end", model, at: try table.end(model.space))
  }

  /// The model at the point of the row at a time, up to rounding.
  func point(_ table: TrajectoryTable, _ side: Side, at time: Double) -> Predictor? {
    let model = model(side)
    return table.point(at: time, model.space).map { .model("t = \(time)", model, at: $0) }
  }

  /// One per context.
  ///
  /// - Throws: `SequenceError` where the model cannot take the sequences.
  func distances(of predictor: Predictor) throws -> [LimitDistances] {
    try samples.map { sample in
      let predictions = try predictor.predictions(sample.trial)
      return LimitDistances(context: sample.trial.context, of: predictions, from: sample.heads)
    }
  }

  /// E TV between a model and GIH(S) at the first context; nil for a set out of reach.
  func totalVariation(of predictor: Predictor, from set: LagSet) throws -> SampleMean? {
    try samples[0].heads.first { $0.set == set }.map { head in
      SampleMean(try predictor.predictions(samples[0].trial).totalVariation(from: head.predictions))
    }
  }

  /// E TV between two models at the first context.
  func totalVariation(_ left: Predictor, _ right: Predictor) throws -> SampleMean {
    let trial = samples[0].trial
    return SampleMean(try left.predictions(trial).totalVariation(from: right.predictions(trial)))
  }
}

extension LimitDistances {
  /// - Parameter heads: what the induction heads predict.
  init(context: Int, of predictions: Predictions, from heads: [(set: LagSet, predictions: Predictions)]) {
    self.init(
      context: context,
      entries: heads.map { set, head in
        Entry(
          set: set, totalVariation: SampleMean(predictions.totalVariation(from: head)),
          divergence: SampleMean(head.divergence(from: predictions)))
      })
  }
}
