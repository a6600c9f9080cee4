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
    /// Of `model`, `induction head` or `true kernel`; differences are to the induction head.
    public let score: Score
    /// Total variation to the induction head.
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
    // One length at a time.
    if let longest = contexts.max() {
      try experiment.checkFreshSequences(contexts: [longest], count: sequences)
    }
    self.set = chosen
    let scoring = experiment.scoring
    (criterion, epsilon) = (scoring.loss.criterion, scoring.loss.epsilon)
    let pool = WorkerPool(threads: threads)
    let origins: [Double?] = concentrations.isEmpty ? [nil] : concentrations.map { $0 }
    rows = try origins.flatMap { concentration in
      try contexts.flatMap { context -> [Row] in
        let kernels: FreshSequences.Kernels =
          concentration.map { .prior(concentration: $0, experiment.source) } ?? .source(experiment.source)
        let trial = Trial(
          try FreshSequences(kernels, context: context, count: sequences, seed: seed, pool: pool), pool: pool)
        let head = trial.inductionHeads([chosen], model)[0]
        let reference = scoring.costs(head, trial.laws)
        let predictors = [
          Predictor.model("model", experiment.trainable, at: parameters),
          Predictor("induction head") { _ in head }, .trueKernel,
        ]
        return try predictors.map { predictor in
          Row(
            concentration: concentration, context: context,
            score: try scoring.score(predictor, in: trial, reference: reference),
            toInductionHead: SampleMean(try predictor.predictions(trial).totalVariation(from: head)))
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
      let means = [row.score.crossEntropy, row.score.totalVariation, row.toInductionHead].flatMap { mean in
        ["\(mean.mean)", mean.standardError.map { "\($0)" } ?? ""]
      }
      return ([row.concentration.map { "\($0)" } ?? "source", "\(row.context)", row.score.predictor] + means)
        .joined(separator: ",")
    }
    return ([header.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }
}
