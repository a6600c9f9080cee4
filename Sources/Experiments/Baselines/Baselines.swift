import Foundation
import InductionModel
import MarkovChains
import Transformer

/// Models, what is left of them without a part, in-context estimators and the true kernel, on the same fresh sequences.
public struct Baselines: RunTask {
  public let experiment: Experiment
  public let identity: RunIdentity
  let request: BaselinesRequest
  /// S*.
  let selected: LagSet
  /// L, ascending.
  let contexts: [Int]
  let runs: MeasuredRuns
  private let threads: Int

  /// Reads and checks everything.
  ///
  /// - Throws: `ConfigurationError`, `RunFolderError`, `SamplerError`, `ChainError`.
  public init(_ experiment: Experiment, _ request: BaselinesRequest, threads: Int) throws {
    (self.experiment, self.request, self.threads) = (experiment, request, threads)
    runs = try MeasuredRuns(experiment, request, threads: threads)
    let shortest = ([experiment] + runs.experiments).map(\.model.shortestContext).max() ?? 1
    if let short = request.contexts?.first(where: { $0 < shortest }) {
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "length", found: "\(short)",
        allowed: "at least \(shortest), so that a key has a complete window")
    }
    let own = experiment.configuration.training.map { [$0.context] } ?? []
    contexts = Set(request.contexts ?? own + [10, 30, 100, 300, 1000].filter { $0 >= shortest }).sorted()
    // One length at a time.
    let longest = contexts.max() ?? shortest
    for experiment in [experiment] + runs.experiments {
      try experiment.checkFreshSequences(contexts: [longest], count: request.sequences)
    }
    selected = try experiment.selectedSet(threads: threads).set
    let mixtures = EstimatorCatalogue(experiment, selected: selected).mixtures
    let bytes =
      mixtures.map { $0.estimator.memory(context: longest, tokens: experiment.source.tokens) }.max() ?? 0
    try Resources.check(
      bytes * Double(threads), of: "length", "contexts of \(longest) tokens", lower: "--length or --threads")
    identity = try experiment.configuration.identity(
      of: .baselines, request: request.identity(run: runs.content))
  }

  /// What a user should know before it runs.
  public var warnings: [String] {
    experiment.configuration.warnings
      + (request.ablations == nil ? [] : runs.absent).map {
        "--ablation \($0.rawValue): the model has no such part, or trains no other"
      }
  }

  /// Trains and measures into the folder.
  ///
  /// - Throws: `RunFailure`; what was finished before is in the folder.
  public func run(in claim: RunClaim, _ observers: RunObservers) throws -> BaselinesReport {
    if let stored = claim.stored, stored.isDone {
      try stored.checkFiles(in: claim.folder)
      return try report(in: claim.folder, observers)
    }
    var record = try OuterRecord(claim, experiment.configuration, request: request.json, threads: threads)
    return try record.fill {
      let report = try report(in: claim.folder, observers)
      return (
        report,
        [
          (.baselines, report.scoreTable), (.features, report.featureTable), (.summary, report.json.text),
        ], 0
      )
    }
  }

  private func report(in folder: RunFolder, _ observers: RunObservers) throws -> BaselinesReport {
    let models = try runs.models(in: folder, observers)
    let pool = WorkerPool(threads: threads)
    var report = BaselinesReport(self, models)
    for (index, context) in contexts.enumerated() {
      let checkpoint = {
        observers.progress(
          RunProgress(fraction: Double(index) / Double(contexts.count)) { "measuring at L = \(context)" })
        guard observers.isInterrupted() else { return }
        throw RunFailure.interruption(at: "the measuring", in: folder)
      }
      let trial = Trial(
        try FreshSequences(
          .source(experiment.source), context: context, count: request.sequences, seed: request.seed,
          pool: pool),
        pool: pool)
      try measure(models, in: trial, into: &report, checkpoint)
    }
    return report
  }

  /// Every predictor at one length.
  private func measure(
    _ models: [MeasuredModel], in trial: Trial, into report: inout BaselinesReport,
    _ checkpoint: () throws -> Void
  ) throws {
    let definition = experiment.model
    let sets = definition.reachableSets
    let heads = zip(sets, trial.inductionHeads(sets, definition)).map { (set: $0, predictions: $1) }
    let limits = heads.map { set, predictions in Predictor("GIH \(set.braced)") { _ in predictions } }
    let catalogue = EstimatorCatalogue(experiment, selected: selected)
    let scoring = experiment.scoring
    let best =
      heads.first { $0.set == selected }?.predictions ?? trial.inductionHeads([selected], definition)[0]
    let reference = scoring.costs(best, trial.laws)
    for predictor in models.map(\.predictor) + limits + catalogue.predictors + [.trueKernel] {
      try checkpoint()
      report.scores.append(
        BaselinesReport.Row(
          context: trial.context, score: try scoring.score(predictor, in: trial, reference: reference)))
    }
    try checkpoint()
    report.features += try FeatureProbe(trial, selected: selected, definition, heads: heads)
      .rows(models.map(\.predictor), whole: models.filter { $0.ablation == nil }.map(\.predictor))
  }
}
