import InductionModel
import MarkovChains
import Transformer

/// The training of one seed, in a run folder of its own.
public struct SeedTask: RunTask, Sendable {
  public let identity: RunIdentity
  let seed: Int
  private let training: TrainingExperiment
  /// Lists this seed alone.
  private let configuration: Configuration
  /// The run that this one goes on with, if it makes a shorter one longer.
  private let shorter: Configuration?
  private let threads: Int

  /// - Throws: `ConfigurationError`, `OptimizerError`, `TrainingError`.
  init(_ training: TrainingExperiment, seed: Int, extending shorter: Configuration?, threads: Int) throws {
    self.training = training
    self.seed = seed
    self.threads = threads
    configuration = training.experiment.configuration.of(seed: seed)
    self.shorter = shorter?.of(seed: seed)
    identity = try configuration.identity(of: .seed, extending: self.shorter)
    try training.setup(seed: seed).check()
  }

  public func run(in claim: RunClaim, _ observers: RunObservers) throws -> TrainingSummary {
    if let stored = claim.stored, stored.isDone, stored.content == identity.content {
      return try TrainingSummary(training, seed: seed, of: claim.folder, stored)
    }
    let (setup, pool) = (try training.setup(seed: seed), WorkerPool(threads: threads))
    var resumed: TrainingRun<DisentangledTransformer>?
    let remains = try RunRemains<TrainingCheckpoint>(claim) { state in
      let state = reopened(state)
      resumed = try TrainingRun(setup, pool: pool, resuming: state)
      return state
    }
    let run = try resumed ?? TrainingRun(setup, pool: pool)
    let measured = try remains == nil ? LastMeasurement() : LastMeasurement(claim.folder)
    let record = try RunRecord(claim, configuration, remains, threads: threads)
    return try SeedRun(
      training: training, seed: seed, run: run, record: record, folder: claim.folder, last: measured
    ).finish(observers)
  }

  /// A last stage that was ended by its length goes on where the configuration makes it longer.
  private func reopened(_ state: TrainingCheckpoint) -> TrainingCheckpoint {
    guard let stages = shorter?.training?.stages, let last = stages.last, state.stage == stages.count,
      configuration.training?.stages[stages.count - 1].length != last.length
    else { return state }
    return state.reopened()
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
