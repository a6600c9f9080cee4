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
  let experiment: Experiment
  private let samples: [Sample]

  private struct Sample {
    let context: Int
    let batch: PreparedBatch
    let heads: [(set: LagSet, predictions: Predictions)]

    func predictions(_ parameters: Parameters) -> Predictions {
      batch.evaluate(at: parameters.flat, .predictions).predictions
    }
  }

  /// - Throws: `SamplerError`, `ChainError`, `SequenceError`.
  init(_ experiment: Experiment, contexts: [Int], count: Int, seed: Int, pool: WorkerPool) throws {
    self.experiment = experiment
    let sets = experiment.model.reachableSets
    samples = try contexts.map { context in
      let fresh = try FreshSequences(
        .source(experiment.source), context: context, count: count, seed: seed, pool: pool)
      let heads = fresh.inductionHeads(sets, experiment.model, pool: pool)
      return Sample(
        context: context, batch: try fresh.prepared(experiment, pool: pool),
        heads: zip(sets, heads).map { (set: $0, predictions: $1) })
    }
  }

  /// One per context.
  func distances(of parameters: Parameters) -> [LimitDistances] {
    samples.map { sample in
      let predictions = sample.predictions(parameters)
      return LimitDistances(
        context: sample.context,
        entries: sample.heads.map { set, head in
          LimitDistances.Entry(
            set: set, totalVariation: SampleMean(ModelDistance.totalVariation(predictions, head)),
            divergence: SampleMean(ModelDistance.divergence(of: head, from: predictions)))
        })
    }
  }

  /// E TV between a model and GIH(S) at the first context; nil for a set out of reach.
  func totalVariation(of parameters: Parameters, from set: LagSet) -> SampleMean? {
    samples[0].heads.first { $0.set == set }.map { head in
      SampleMean(ModelDistance.totalVariation(samples[0].predictions(parameters), head.predictions))
    }
  }

  /// E TV between two models at the first context.
  func totalVariation(_ left: Parameters, _ right: Parameters) -> SampleMean {
    SampleMean(
      ModelDistance.totalVariation(samples[0].predictions(left), samples[0].predictions(right)))
  }
}
