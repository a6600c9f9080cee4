import Transformer

/// The training of one seed, in a run folder of its own.
public struct SeedTask: RunTask, Sendable {
  public let identity: RunIdentity
  let seed: Int
  private let training: TrainingExperiment
  /// Lists this seed alone.
  private let configuration: Configuration
  private let threads: Int

  /// - Parameter shorter: of a run that is made longer.
  /// - Throws: `ConfigurationError`, `OptimizerError`, `TrainingError`.
  init(_ training: TrainingExperiment, seed: Int, extending shorter: Configuration?, threads: Int) throws {
    self.training = training
    self.seed = seed
    self.threads = threads
    configuration = training.experiment.configuration.of(seed: seed)
    identity = try configuration.identity(of: .seed, extending: shorter?.of(seed: seed))
    try training.setup(seed: seed).check()
  }

  public func run(in claim: RunClaim, _ observers: RunObservers) throws -> TrainingSummary {
    if let stored = claim.stored, stored.isDone, stored.content == identity.content {
      return try TrainingSummary(training, seed: seed, of: claim.folder, stored)
    }
    let (setup, pool) = (try training.setup(seed: seed), WorkerPool(threads: threads))
    var resumed: TrainingRun?
    let remains = try RunRemains<TrainingCheckpoint>(claim) { state in
      resumed = try TrainingRun(setup, pool: pool, resuming: state)
      return state
    }
    // A start that could not be measured is no place to go on from.
    let hasBegun = remains?.tables[.measurements] != nil
    let run = try (hasBegun ? resumed : nil) ?? TrainingRun(setup, pool: pool)
    let measured = try remains == nil ? LastMeasurement() : LastMeasurement(claim.folder)
    let record = try RunRecord(claim, configuration, training.model.space, remains, threads: threads)
    return try SeedRun(
      training: training, seed: seed, run: run, record: record, folder: claim.folder, last: measured
    ).finish(observers)
  }
}

extension Configuration {
  /// What one seed of training runs.
  func of(seed: Int) -> Configuration {
    var own = self
    own.training?.seeds = [seed]
    return own
  }
}
