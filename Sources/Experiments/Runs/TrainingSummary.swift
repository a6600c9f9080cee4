import InductionModel
import MarkovChains
import Transformer

/// `summary.json` of one seed's training: where it ended and what it selected. Two runs of one configuration have
/// the same one.
public struct TrainingSummary: Sendable {
  public let configuration: Configuration
  public let seed: Int
  public let end: TrainingCheckpoint
  public let parameters: Parameters
  /// On the held-out sequences, as last measured.
  public let loss: Double?
  public let standardError: Double?
  public let selected: SelectedSet?
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
    let arena = try end.arena(training.model.blocks)
    parameters = Parameters(flat: arena, model: configuration.model)
    self.loss = loss
    self.standardError = standardError
    selected = training.selected
    self.isComplete = isComplete
    drifts = zip(training.model.invariants, end.invariants).map { invariant, initial in
      (invariant.name, initial, invariant.value(arena) - initial)
    }
  }

  /// Of a run that is done.
  ///
  /// - Throws: `RunFolderError`, `TrainingError.checkpoint`.
  init(_ training: TrainingExperiment, seed: Int, of folder: RunFolder) throws {
    func last(_ file: RunFolder.File, _ column: String) throws -> Double? {
      try TableFile.lastRow(of: folder, file)[column].flatMap { Double($0) }
    }
    try self.init(
      training, seed: seed, end: TrainingCheckpoint(json: folder.read(.checkpoint)),
      loss: last(.trajectory, "loss"), standardError: last(.measurements, "standard-error"), isComplete: true)
  }

  /// p_S at the end with its set, largest first.
  public var shares: [(set: HeadSet, share: Double)] {
    zip(configuration.model.sets, parameters.shares(configuration.model)).map { ($0, $1) }
      .sorted { ($1.share, $0.set) < ($0.share, $1.set) }
  }

  public var json: JSON {
    let model = configuration.model
    return .object([
      "format": .integer(Configuration.format),
      "name": .string(configuration.name),
      "seed": .integer(seed),
      "complete": .boolean(isComplete),
      "time": .number(end.time),
      "step": .integer(end.step),
      "loss": .optional(loss),
      "standard_error": .optional(standardError),
      "parameters": parameters.json(as: model),
      "shares": parameters.shares(model).json(by: model.sets),
      "attention_weights": .array(parameters.attentionWeights.map { .numbers($0) }),
      "winner": .array((shares.first?.set.members ?? []).map { .integer($0) }),
      "selected_set": selected.map { .array($0.set.members.map { .integer($0) }) } ?? .null,
      "gap": .optional(selected?.gap?.mean),
      "stages": .array(
        zip(configuration.training?.stages ?? [], end.endings).map { stage, ending in
          .object([
            "train": .array(stage.train.map { .string($0.rawValue) }), "end": .number(ending.time),
            "end_step": .integer(ending.step), "ended_by": .string(ending.cause),
          ])
        }),
      "conserved": .array(
        drifts.map { drift in
          .object([
            "name": .string(drift.name), "initial": .number(drift.initial), "change": .number(drift.change),
          ])
        }),
      "warnings": .array(configuration.warnings.map { .string($0) }),
    ])
  }
}
