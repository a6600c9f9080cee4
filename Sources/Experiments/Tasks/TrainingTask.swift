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
    var record = try SeriesRecord(claim, configuration, threads: engine.threads)
    let shares = ProgressShares(count: seeds.count, observers)
    let results = engine.map(seeds.count) { [seeds, folder = claim.folder] index in
      let seed = seeds[index]
      return try seed.run(at: folder.seed(seed.seed), .keep, shares.part(index, "seed \(seed.seed)"))
    }
    let summaries = results.compactMap { try? $0.get() }
    do {
      for result in results { _ = try result.get() }
      try record.close(.done, summaries)
      return summaries
    } catch {
      // What stopped the seed is the error to tell, even if the folder can no longer be written.
      let failure = error as? RunFailure
      try? record.close(
        failure?.isInterruption == true ? .interrupted : .failed, summaries,
        failure?.description ?? InputError.describing(error) ?? "\(error)")
      throw error
    }
  }
}

/// The folder above the seeds': the whole configuration, its manifest, and the ends of the seeds side by side.
private struct SeriesRecord {
  private let claim: RunClaim
  private let configuration: Configuration
  private var manifest: Manifest

  init(_ claim: RunClaim, _ configuration: Configuration, threads: Int) throws {
    self.claim = claim
    self.configuration = configuration
    manifest = try Manifest(claim.identity, configuration, threads: threads, resuming: claim.stored)
    try claim.begin([(.configuration, try configuration.yaml()), (.manifest, manifest.json.text)])
  }

  mutating func close(
    _ status: Manifest.Status, _ summaries: [TrainingSummary], _ failure: String? = nil
  ) throws {
    let seeds = configuration.training?.seeds ?? []
    let json = JSON.object([
      "format": .integer(Configuration.format),
      "name": .string(configuration.name),
      "complete": .boolean(summaries.count == seeds.count),
      "selected_set": .optional(summaries.first?.selection.selected?.set),
      "seeds": .array(summaries.map(Self.row)),
    ])
    let summary = Data(json.text.utf8)
    manifest.status = status
    manifest.failure = status == .failed ? failure : nil
    manifest.counts.accepted = summaries.reduce(0) { $0 + $1.end.step }
    manifest.counts.evaluations = manifest.counts.accepted
    manifest.wallTime = manifest.elapsed
    manifest.files = [(.summary, FileProof(summary))]
    try claim.write([(.summary, summary), (.manifest, Data(manifest.json.text.utf8))])
  }

  private static func row(_ summary: TrainingSummary) -> JSON {
    let winner = summary.selection.shares.first
    return .object([
      "seed": .integer(summary.seed), "folder": .string("seed-\(summary.seed)"),
      "time": .number(summary.end.time), "step": .integer(summary.end.step),
      "loss": .optional(summary.loss), "a": .number(summary.selection.parameters.scale),
      "winner": .array((winner?.set.members ?? []).map { .integer($0) }), "share": .optional(winner?.share),
    ])
  }
}
