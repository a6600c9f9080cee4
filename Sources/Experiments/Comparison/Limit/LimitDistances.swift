import InductionModel
import MarkovChains
import ParameterSpaces
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

  struct Point {
    let side: Side
    let parameters: [Double]
  }

  private struct Pair<Value> {
    let theory: Value
    let training: Value

    subscript(side: Side) -> Value {
      switch side {
      case .theory: theory
      case .training: training
      }
    }
  }

  let experiment: Experiment
  private let spaces: Pair<ParameterSpace>
  private let samples: [Sample]

  private struct Sample {
    let context: Int
    let batches: Pair<PreparedBatch>
    let heads: [(set: LagSet, predictions: Predictions)]

    func predictions(_ point: Point) -> Predictions {
      batches[point.side].evaluate(at: point.parameters, .predictions).predictions
    }
  }

  /// - Throws: `SamplerError`, `ChainError`, `SequenceError`.
  init(_ experiment: Experiment, contexts: [Int], count: Int, seed: Int, pool: WorkerPool) throws {
    self.experiment = experiment
    let sets = experiment.model.reachableSets
    let theory = DisentangledTransformer(experiment.model, loss: experiment.configuration.loss)
    let training = experiment.trainable
    let isOwn = experiment.configuration.architecture.definition.theory == .own
    spaces = Pair(theory: theory.space, training: training.space)
    samples = try contexts.map { context in
      let fresh = try FreshSequences(
        .source(experiment.source), context: context, count: count, seed: seed, pool: pool)
      let heads = fresh.inductionHeads(sets, experiment.model, pool: pool)
      let batch = try fresh.prepared(theory, pool: pool)
      return Sample(
        context: context,
        batches: Pair(theory: batch, training: try isOwn ? batch : fresh.prepared(training, pool: pool)),
        heads: zip(sets, heads).map { (set: $0, predictions: $1) })
    }
  }

  /// The point of the last row.
  ///
  /// - Throws: `ConfigurationError` for the trajectory of another model.
  func end(_ table: TrajectoryTable, _ side: Side) throws -> Point {
    Point(side: side, parameters: try table.end(spaces[side]))
  }

  /// The point of the row at a time, up to rounding.
  func point(_ table: TrajectoryTable, _ side: Side, at time: Double) -> Point? {
    table.point(at: time, spaces[side]).map { Point(side: side, parameters: $0) }
  }

  /// One per context.
  func distances(of point: Point) -> [LimitDistances] {
    samples.map { sample in
      let predictions = sample.predictions(point)
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
  func totalVariation(of point: Point, from set: LagSet) -> SampleMean? {
    samples[0].heads.first { $0.set == set }.map { head in
      SampleMean(ModelDistance.totalVariation(samples[0].predictions(point), head.predictions))
    }
  }

  /// E TV between two models at the first context.
  func totalVariation(_ left: Point, _ right: Point) -> SampleMean {
    SampleMean(
      ModelDistance.totalVariation(samples[0].predictions(left), samples[0].predictions(right)))
  }
}
