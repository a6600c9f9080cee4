import Foundation
import InductionModel
import MarkovChains
import Transformer

/// A model evaluated at other lengths and on other priors than it was trained for, beside the induction head and the
/// true kernel.
public struct Generalization: Sendable {
  public struct Row: Sendable {
    /// α of the prior; nil for the source's own kernels.
    public let concentration: Double?
    /// L.
    public let context: Int
    /// `model`, `induction head` or `true kernel`.
    public let predictor: String
    /// Cost on average over the law of the next token, with ε.
    public let loss: SampleMean
    /// To the law of the next token.
    public let toKernel: SampleMean
    /// To the induction head.
    public let toInductionHead: SampleMean
  }

  /// S, whose induction head stands beside the model.
  public let set: LagSet
  public let criterion: Loss.Criterion
  /// Of the cross-entropy; logits have none.
  public let epsilon: Double
  public let rows: [Row]
}

extension Generalization {
  /// - Parameters:
  ///   - set: by default S*.
  ///   - contexts: by default those of 10, 30, 100, 300 and 1000 that have a key.
  ///   - concentrations: priors to draw a kernel per sequence from; empty for the source's own kernels.
  /// - Throws: `ConfigurationError`, `SamplerError`, `ChainError`.
  public init(
    _ experiment: Experiment, at parameters: [Double], set: LagSet? = nil, contexts: [Int]? = nil,
    concentrations: [Double], sequences: Int, seed: Int = 17, threads: Int
  ) throws {
    let model = experiment.model
    let contexts = contexts ?? [10, 30, 100, 300, 1000].filter { $0 >= model.shortestContext }
    if let short = contexts.first(where: { $0 < model.shortestContext }) {
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "length", found: "\(short)",
        allowed: "at least \(model.shortestContext), so that a key has a complete window")
    }
    let chosen = try set ?? experiment.selectedSet(threads: threads).set
    let loss = experiment.configuration.loss
    let own = experiment.configuration.training?.epsilon ?? loss.epsilon
    // Without any the cost of a token that its context lacks is infinite.
    let epsilon = own > 0 ? own : 1e-3
    // One length at a time.
    if let longest = contexts.max() {
      try experiment.checkFreshSequences(contexts: [longest], count: sequences)
    }
    self.set = chosen
    self.epsilon = epsilon
    criterion = loss.criterion
    let pool = WorkerPool(threads: threads)
    let origins: [Double?] = concentrations.isEmpty ? [nil] : concentrations.map { $0 }
    rows = try origins.flatMap { concentration in
      try contexts.flatMap { context -> [Row] in
        let kernels: FreshSequences.Kernels =
          concentration.map { .prior(concentration: $0, experiment.source) } ?? .source(experiment.source)
        let fresh = try FreshSequences(kernels, context: context, count: sequences, seed: seed, pool: pool)
        let (head, laws) = (fresh.inductionHeads([chosen], model, pool: pool)[0], fresh.nextLaws())
        let batch = try fresh.prepared(experiment.trainable, pool: pool)
        let predictors = [
          ("model", batch.evaluate(at: parameters, .predictions).predictions), ("induction head", head),
          ("true kernel", laws),
        ]
        return predictors.map { name, predictions in
          Row(
            concentration: concentration, context: context, predictor: name,
            loss: SampleMean(
              zip(laws, predictions).map { loss.criterion.cost($1, law: $0, epsilon: epsilon) }),
            toKernel: SampleMean(ModelDistance.totalVariation(predictions, laws)),
            toInductionHead: SampleMean(ModelDistance.totalVariation(predictions, head)))
        }
      }
    }
  }

  /// - Throws: `RunFolderError` for a file that is there already or cannot be written.
  public func write(to path: String, existing: ExistingFile) throws {
    try DurableFile.write(Data(csv.utf8), to: path, existing)
  }

  public var csv: String {
    let header = [
      "alpha", "context", "predictor", "loss", "loss_standard_error", "tv_to_kernel",
      "tv_to_kernel_standard_error",
      "tv_to_induction_head", "tv_to_induction_head_standard_error",
    ]
    let lines = rows.map { row in
      let means = [row.loss, row.toKernel, row.toInductionHead].flatMap { mean in
        ["\(mean.mean)", mean.standardError.map { "\($0)" } ?? ""]
      }
      return ([row.concentration.map { "\($0)" } ?? "source", "\(row.context)", row.predictor] + means)
        .joined(separator: ",")
    }
    return ([header.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }
}
