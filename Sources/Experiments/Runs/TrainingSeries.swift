import Foundation
import InductionModel
import Transformer

/// The training of a configuration into a folder: one run for each of its seeds, each in `seed-N/` if there are
/// several. Runs begin anew or go on to the same bits.
public struct TrainingSeries {
  public let training: TrainingExperiment
  private let threads: Int

  public var configuration: Configuration { training.experiment.configuration }

  /// Reads and checks everything, so that nothing is written before the input is known to be good.
  ///
  /// - Throws: `ConfigurationError`, `SamplerError`, `ChainError`, `TrainingError`.
  public init(_ experiment: Experiment, threads: Int) throws {
    self.threads = threads
    training = try TrainingExperiment(experiment, threads: threads)
    let check = WorkerPool(threads: 1)
    for seed in training.training.seeds.prefix(1) {
      _ = try TrainingRun(training.setup(seed: seed), pool: check)
    }
  }

  /// How far a series has come.
  public struct Progress {
    public let seed: Int
    /// From 0 to 1, over all seeds.
    public let fraction: Double
    public let step: Int
    /// Of the last batch.
    public let loss: Double
    /// The set of heads with the largest share.
    public let leader: () -> (set: HeadSet, share: Double)
  }

  /// What the caller sees of a series while it lasts, and says to it.
  public struct Observers {
    public var progress: (Progress) -> Void
    /// Asked after every step.
    public var isInterrupted: () -> Bool

    public init(
      progress: @escaping (Progress) -> Void = { _ in }, isInterrupted: @escaping () -> Bool = { false }
    ) {
      self.progress = progress
      self.isInterrupted = isInterrupted
    }
  }

  /// Trains all seeds one after another.
  ///
  /// - Parameter folder: new, or that of a run of this configuration, where finished seeds are left as they are.
  /// - Returns: a summary for each seed that was trained.
  /// - Throws: `RunFailure` after the last good state has been saved.
  public func run(in folder: RunFolder, _ observers: Observers = Observers()) throws -> [TrainingSummary] {
    let seeds = training.training.seeds
    guard seeds.count > 1 else { return try [run(seed: seeds[0], index: 0, in: folder, observers)] }
    var overall = try SeriesRecord(folder, configuration, threads: threads)
    var summaries: [TrainingSummary] = []
    do {
      for (index, seed) in seeds.enumerated() {
        let inner = "\(folder.path)/seed-\(seed)"
        let place = try (try? RunFolder(of: inner)) ?? RunFolder(creating: inner, existing: .replace)
        summaries.append(try run(seed: seed, index: index, in: place, observers))
        overall.steps += summaries.last?.end.step ?? 0
        try overall.write(summaries, of: seeds)
      }
    } catch let failure as RunFailure {
      try overall.write(summaries, of: seeds)
      try overall.close(failure.isInterruption ? .interrupted : .failed, failure.description)
      throw failure
    }
    try overall.close(.done)
    return summaries
  }

  /// Trains one seed, or goes on with it, or reads what it came to.
  private func run(seed: Int, index: Int, in folder: RunFolder, _ observers: Observers) throws
    -> TrainingSummary
  {
    var own = configuration
    own.training?.seeds = [seed]
    let stored = try resumable(own, in: folder)
    if stored?.isDone == true { return try TrainingSummary(training, seed: seed, of: folder) }
    let record = try record(seed: seed, own, in: folder, stored)
    func summary(_ end: TrainingCheckpoint, isComplete: Bool) throws -> TrainingSummary {
      try TrainingSummary(
        training, seed: seed, end: end, loss: record.loss, standardError: record.standardError,
        isComplete: isComplete)
    }
    let run = try TrainingRun(
      training.setup(seed: seed), pool: WorkerPool(threads: threads), resuming: record.resumed)
    let (seeds, model) = (Double(training.training.seeds.count), training.model.definition)
    do {
      let ending = try run.run(
        .init(
          progress: { step, loss in
            observers.progress(
              Progress(
                seed: seed, fraction: (Double(index) + Double(step) / Double(run.steps)) / seeds, step: step,
                loss: loss, leader: { Parameters(flat: run.point, model: model).leader(model) }))
          },
          measurement: { try record.add(TrainingRow($0, model)) }, checkpoint: record.keep,
          backup: record.save, wantsBackup: { record.wantsBackup }, shouldStop: observers.isInterrupted))
      let result = try summary(run.checkpoint(), isComplete: ending == .done)
      try record.finish(ending == .done ? .done : .interrupted, result)
      guard ending == .done else {
        throw RunFailure(
          .interruption,
          "interrupted at step \(run.state.step) of seed \(seed); the run so far is in \(folder.path); inflow "
            + "resume goes on with it")
      }
      return result
    } catch let error as TrainingError {
      let message = "seed \(seed): \(explanation(of: error)), in \(folder[.checkpoint])"
      try record.fail(message, steps: run.state.step)
      throw RunFailure(.failure, message)
    } catch let error as RunFolderError {
      // The folder could be written when the run began: this is no bad input, the disk may be full.
      throw RunFailure(.failure, error.description)
    }
  }

  /// What happened and what to try; ends with the last good checkpoint.
  private func explanation(of error: TrainingError) -> String {
    guard case .notFinite(let step, let loss, let lastGood, let remedy) = error else { return "\(error)" }
    let isLinear =
      training.experiment.model.variant.secondLayer == .linear
      && training.model.loss.criterion == .crossEntropy
    let advice =
      isLinear
      ? "\(remedy); the linear second layer may also predict y + epsilon <= 0: try a smaller scale, or criterion logits"
      : remedy
    return
      "the loss at step \(step) is \(loss): \(advice); the last good checkpoint is that of step \(lastGood)"
  }

  /// The manifest of a run that can be gone on with; nil where none has got as far as a checkpoint.
  private func resumable(_ configuration: Configuration, in folder: RunFolder) throws -> StoredManifest? {
    guard folder.has(.checkpoint), folder.has(.measurements) else { return nil }
    let stored = try StoredManifest(folder)
    try stored.check(configuration, in: folder)
    return stored
  }

  private func record(
    seed: Int, _ configuration: Configuration, in folder: RunFolder, _ stored: StoredManifest?
  ) throws -> TrainingRecord {
    guard let stored else {
      return try TrainingRecord(folder, training.model, configuration, threads: threads)
    }
    let checkpoint = try TrainingCheckpoint(json: folder.read(.checkpoint))
    // Looks at the checkpoint before any file of the folder is touched.
    _ = try TrainingRun(training.setup(seed: seed), pool: WorkerPool(threads: 1), resuming: checkpoint)
    return try TrainingRecord(
      resuming: folder, at: checkpoint, training.model, configuration, stored, threads: threads)
  }
}

extension Parameters {
  /// The set of heads with the largest share.
  func leader(_ model: ModelDefinition) -> (set: HeadSet, share: Double) {
    zip(model.sets, shares(model)).max { $0.1 < $1.1 }.map { ($0, $1) } ?? (.empty, 1)
  }
}
