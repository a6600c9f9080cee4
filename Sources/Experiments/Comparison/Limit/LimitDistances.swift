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

/// The induction heads' predictions on fresh sequences of several lengths, shared by all models that are measured.
struct LimitProbe {
  let experiment: Experiment
  private let samples: [(sequences: FreshSequences, heads: [(set: LagSet, predictions: [[Double]])])]

  init(_ experiment: Experiment, contexts: [Int], count: Int, seed: Int) throws {
    self.experiment = experiment
    let model = experiment.model
    samples = try contexts.map { context in
      let fresh = try FreshSequences(.source(experiment.source), context: context, count: count, seed: seed)
      return (fresh, model.reachableSets.map { ($0, fresh.predictions($0, model)) })
    }
  }

  /// One per context.
  func distances(of parameters: Parameters, pool: WorkerPool) throws -> [LimitDistances] {
    try samples.map { sample in
      let predictions = try sample.sequences.predictions(parameters, experiment, pool: pool)
      return LimitDistances(
        context: sample.sequences.context,
        entries: sample.heads.map { set, head in
          LimitDistances.Entry(
            set: set, totalVariation: SampleMean(ModelDistance.totalVariation(predictions, head)),
            divergence: SampleMean(ModelDistance.divergence(of: head, from: predictions)))
        })
    }
  }

  /// E TV between a model and GIH(S) at the first context; nil for a set out of reach.
  func totalVariation(of parameters: Parameters, from set: LagSet, pool: WorkerPool) throws -> SampleMean? {
    guard let head = samples[0].heads.first(where: { $0.set == set }) else { return nil }
    let predictions = try samples[0].sequences.predictions(parameters, experiment, pool: pool)
    return SampleMean(ModelDistance.totalVariation(predictions, head.predictions))
  }

  /// E TV between two models at the first context.
  func totalVariation(_ left: Parameters, _ right: Parameters, pool: WorkerPool) throws -> SampleMean {
    let sample = samples[0].sequences
    return SampleMean(
      ModelDistance.totalVariation(
        try sample.predictions(left, experiment, pool: pool),
        try sample.predictions(right, experiment, pool: pool)))
  }
}
