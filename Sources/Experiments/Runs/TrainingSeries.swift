import Foundation
import InductionModel
import MarkovChains
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
        let place = try Self.place(of: seed, in: folder)
        summaries.append(try run(seed: seed, index: index, in: place, observers))
        overall.steps += summaries.last?.end.step ?? 0
        try overall.write(summaries, of: seeds)
      }
    } catch {
      // What stopped the seed is the error to tell, even if the folder can no longer be written.
      let failure = error as? RunFailure
      try? overall.write(summaries, of: seeds)
      try? overall.close(
        failure?.isInterruption == true ? .interrupted : .failed,
        failure?.description ?? InputError.describing(error) ?? "\(error)")
      throw error
    }
    try overall.close(.done)
    return summaries
  }

  /// The folder of one seed, there or new. What a run has left is not written over.
  private static func place(of seed: Int, in folder: RunFolder) throws -> RunFolder {
    let path = "\(folder.path)/seed-\(seed)"
    do {
      return try RunFolder(of: path)
    } catch let error as RunFolderError {
      let remains = [RunFolder.File.checkpoint, .measurements].map(\.rawValue) + ["checkpoints"]
      guard !remains.contains(where: { FileManager.default.fileExists(atPath: "\(path)/\($0)") }) else {
        throw error
      }
      return try RunFolder(creating: path, existing: .replace)
    }
  }

  /// Trains one seed, or goes on with it, or reads what it came to.
  private func run(seed: Int, index: Int, in folder: RunFolder, _ observers: Observers) throws
    -> TrainingSummary
  {
    var own = configuration
    own.training?.seeds = [seed]
    let remains = try TrainingRemains(folder, own)
    if remains?.isDone == true { return try TrainingSummary(training, seed: seed, of: folder) }
    // Before any file of the folder is touched.
    let setup = try training.setup(seed: seed)
    let pool = WorkerPool(threads: threads)
    let run =
      try remains?.run { try TrainingRun(setup, pool: pool, resuming: $0) } ?? TrainingRun(setup, pool: pool)
    let record = try record(own, in: folder, remains?.stored, at: run)
    func summary(_ end: TrainingCheckpoint, isComplete: Bool) throws -> TrainingSummary {
      try TrainingSummary(
        training, seed: seed, end: end, loss: record.loss, standardError: record.standardError,
        isComplete: isComplete)
    }
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
    } catch let failure as RunFailure {
      throw failure
    } catch {
      let message = message(of: error, seed: seed, at: run.state.step, in: folder)
      // A folder that can no longer be written is no reason to hide what happened.
      try? record.fail(message, steps: run.state.step)
      throw RunFailure(.failure, message)
    }
  }

  /// What stopped a run and what to try. The input was good when the run began.
  private func message(of error: any Error, seed: Int, at step: Int, in folder: RunFolder) -> String {
    switch error {
    case let error as TrainingError:
      return "seed \(seed): \(explanation(of: error)), in \(folder[.checkpoint])"
    // The folder could be written when the run began: the disk may be full.
    case let error as RunFolderError: return error.description
    default:
      let problem = InputError.describing(error) ?? "\(error)"
      let advice =
        error is ChainError ? "; a start that is uniform (source.start) needs no stationary law" : ""
      return
        "seed \(seed): step \(step + 1) failed: \(problem)\(advice); the checkpoint of step \(step) is in "
        + folder[.checkpoint]
    }
  }

  /// What happened and what to try; ends with the last good checkpoint.
  private func explanation(of error: TrainingError) -> String {
    guard case .notFinite(let step, let what, let lastGood, let remedy) = error else { return "\(error)" }
    let isLinear =
      training.experiment.model.variant.secondLayer == .linear
      && training.model.loss.criterion == .crossEntropy
    let advice =
      isLinear
      ? "\(remedy); the linear second layer may also predict y + epsilon <= 0: try a smaller scale, or criterion logits"
      : remedy
    return
      "\(what.description(step: step)): \(advice); the last good checkpoint is that of step \(lastGood)"
  }

  private func record(
    _ configuration: Configuration, in folder: RunFolder, _ stored: StoredManifest?,
    at run: TrainingRun<DisentangledTransformer>
  ) throws -> TrainingRecord {
    guard let stored else {
      return try TrainingRecord(folder, training.model, configuration, threads: threads)
    }
    let record = try TrainingRecord(
      resuming: folder, at: run.state, training.model, configuration, stored, threads: threads)
    // The one of the folder may be missing, or of a step that the tables do not reach.
    try record.save(run.checkpoint())
    return record
  }
}

extension Parameters {
  /// The set of heads with the largest share.
  func leader(_ model: ModelDefinition) -> (set: HeadSet, share: Double) {
    zip(model.sets, shares(model)).max { $0.1 < $1.1 }.map { ($0, $1) } ?? (.empty, 1)
  }
}
