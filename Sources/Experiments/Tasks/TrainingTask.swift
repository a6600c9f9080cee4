import Foundation
import InductionModel
import MarkovChains

/// The training of a configuration: one run for each of its seeds, in `seed-N/`, side by side on the threads.
public struct TrainingTask: RunTask {
  public let training: TrainingExperiment
  public let identity: RunIdentity
  private let seeds: [SeedTask]
  private let engine: LocalEngine

  public var configuration: Configuration { training.experiment.configuration }

  /// Reads and checks everything.
  ///
  /// - Parameter shorter: of a run that is made longer.
  /// - Throws: `ConfigurationError`, `SamplerError`, `ChainError`, `TrainingError`.
  public init(_ experiment: Experiment, extending shorter: Configuration? = nil, threads: Int) throws {
    let training = try TrainingExperiment(experiment, threads: threads)
    self.training = training
    engine = LocalEngine(threads: threads)
    identity = try experiment.configuration.identity(of: .training, extending: shorter)
    let inner = engine.threadsOfEach(of: training.training.seeds.count)
    seeds = try training.training.seeds.map { seed in
      let isNew = shorter?.training?.seeds.contains(seed) == false
      return try SeedTask(training, seed: seed, extending: isNew ? nil : shorter, threads: inner)
    }
  }

  /// - Returns: a summary for each seed.
  /// - Throws: `RunFailure` of the first seed that failed, once the others have come to their ends.
  public func run(in claim: RunClaim, _ observers: RunObservers) throws -> [TrainingSummary] {
    if let stored = claim.stored, stored.isDone, stored.content == identity.content {
      try stored.checkFiles(in: claim.folder)
      return try seeds.map { try $0.run(at: claim.folder.seed($0.seed)) }
    }
    var record = try OuterRecord(claim, configuration, threads: engine.threads)
    let shares = ProgressShares(count: seeds.count, observers)
    return try record.fill {
      let results = engine.map(seeds.count) { [seeds, folder = claim.folder] index in
        let seed = seeds[index]
        return try seed.run(at: folder.seed(seed.seed), .keep, shares.part(index, "seed \(seed.seed)"))
      }
      let done = results.compactMap { try? $0.get() }
      if done.count < results.count { try? claim.write(summary(of: done).text, to: .summary) }
      let summaries = try results.map { try $0.get() }
      return (summaries, [(.summary, summary(of: summaries).text)], summaries.reduce(0) { $0 + $1.end.step })
    }
  }

  /// The ends of the seeds that are done, side by side.
  private func summary(of summaries: [TrainingSummary]) -> JSON {
    .object([
      "format": .integer(Configuration.format),
      "name": .string(configuration.name),
      "complete": .boolean(summaries.count == seeds.count),
      "selected_set": .optional(summaries.first?.selection.selected?.set),
      "seeds": .array(
        summaries.map { summary in
          let winner = summary.selection.shares.first
          return .object([
            "seed": .integer(summary.seed), "folder": .string("seed-\(summary.seed)"),
            "time": .number(summary.end.time), "step": .integer(summary.end.step),
            "loss": .optional(summary.loss), "a": .optional(summary.selection.quantities.scale),
            "winner": winner.map { .set($0.set) } ?? .null,
            "share": .optional(winner?.share),
          ])
        }),
    ])
  }
}
