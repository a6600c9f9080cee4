import InductionModel
import MarkovChains
import Transformer

/// `summary.json` of one seed's training: where it ended and what it selected. Two runs of one configuration have
/// the same one.
public struct TrainingSummary: Sendable {
  public let configuration: Configuration
  public let seed: Int
  public let end: TrainingCheckpoint
  public let selection: Selection
  /// On the held-out sequences, as last measured.
  public let loss: Double?
  public let standardError: Double?
  public let isComplete: Bool
  private let drifts: [(name: String, initial: Double, change: Double)]

  /// - Throws: `TrainingError.checkpoint` for a checkpoint of another model.
  init(
    _ training: TrainingExperiment, seed: Int, end: TrainingCheckpoint, loss: Double?, standardError: Double?,
    isComplete: Bool
  ) throws {
    configuration = training.experiment.configuration
    self.seed = seed
    self.end = end
    let arena = try end.arena(training.model.space)
    selection = Selection(
      ObservedModel(training.model), at: arena, configuration.model, selected: training.selected)
    self.loss = loss
    self.standardError = standardError
    self.isComplete = isComplete
    drifts = zip(training.model.invariants, end.invariants).map { invariant, initial in
      (invariant.name, initial, invariant.value(arena) - initial)
    }
  }

  /// Of a run that is done.
  ///
  /// - Throws: `RunFolderError`, `TrainingError.checkpoint`.
  init(_ training: TrainingExperiment, seed: Int, of folder: RunFolder, _ stored: StoredManifest) throws {
    try stored.checkFiles(in: folder)
    guard let file = CheckpointFile<TrainingCheckpoint>(try folder.read(.checkpoint)) else {
      throw RunFolderError.damaged(folder[.checkpoint], problem: "no checkpoint of inflow \(stored.command)")
    }
    let measured = try LastMeasurement(folder)
    try self.init(
      training, seed: seed, end: file.resume, loss: measured.loss, standardError: measured.standardError,
      isComplete: true)
  }

  public var json: JSON {
    let beginning: [(key: String, value: JSON)] = [
      ("format", .integer(Configuration.format)),
      ("name", .string(configuration.name)),
      ("seed", .integer(seed)),
      ("complete", .boolean(isComplete)),
      ("time", .number(end.time)),
      ("step", .integer(end.step)),
      ("loss", .optional(loss)),
      ("standard_error", .optional(standardError)),
    ]
    let course: [(key: String, value: JSON)] = [
      (
        "stages",
        .array(
          zip(configuration.training?.stages ?? [], end.endings).map { stage, ending in
            .object([
              "train": .array(stage.train.map { .string($0.rawValue) }), "end": .number(ending.time),
              "end_step": .integer(ending.step), "ended_by": .string(ending.cause),
            ])
          })
      ),
      (
        "conserved",
        .array(
          drifts.map { drift in
            .object([
              "name": .string(drift.name), "initial": .number(drift.initial),
              "change": .number(drift.change),
            ])
          })
      ),
      ("warnings", .array(configuration.warnings.map { .string($0) })),
    ]
    return .object(beginning + selection.members + course)
  }
}

/// Of the held-out loss, as the last rows of the tables have it.
struct LastMeasurement {
  var loss: Double?
  var standardError: Double?

  init() {}

  /// Nothing of a run that has not measured.
  init(_ folder: RunFolder) throws {
    guard folder.has(.trajectory), folder.has(.measurements) else { return }
    loss = try StoredTable(folder, .trajectory).lastRow["loss"].flatMap { Double($0) }
    standardError = try StoredTable(folder, .measurements).lastRow["standard-error"].flatMap { Double($0) }
      .flatMap { $0.isFinite ? $0 : nil }
  }
}
