import InductionModel
import MarkovChains
import Theory

/// `summary.json` of an integrated flow: where it ended and what it selected. Two runs of one configuration have
/// the same one.
public struct FlowSummary {
  public let outcome: FlowOutcome
  /// At the end; nil when there was no output.
  public let loss: Double?
  public let selected: SelectedSet?
  public let configuration: Configuration

  init(_ run: FlowRun, _ outcome: FlowOutcome, loss: Double?) {
    self.outcome = outcome
    self.loss = loss
    selected = run.selected
    configuration = run.experiment.configuration
  }

  /// p_S at the end with its set, largest first.
  public var shares: [(set: HeadSet, share: Double)] {
    zip(configuration.model.sets, outcome.parameters.shares(configuration.model)).map { ($0, $1) }
      .sorted { ($1.share, $0.set) < ($0.share, $1.set) }
  }

  public var json: JSON {
    let (model, end) = (configuration.model, outcome.parameters)
    return .object([
      "format": .integer(Configuration.format),
      "name": .string(configuration.name),
      "level": .string(configuration.theory.level.rawValue),
      "complete": .boolean(!outcome.isCancelled),
      "time": .number(outcome.time),
      "loss": .optional(loss),
      "parameters": end.json(as: model),
      "shares": end.shares(model).json(by: model.sets),
      "attention_weights": .array(end.attentionWeights.map { .numbers($0) }),
      "winner": .array((shares.first?.set.members ?? []).map { .integer($0) }),
      "selected_set": selected.map { .array($0.set.members.map { .integer($0) }) } ?? .null,
      "gap": .optional(selected?.gap?.mean),
      "stages": .array(
        zip(configuration.theory.stages, outcome.stages).map { stage, result in
          .object([
            "train": .array(stage.train.map { .string($0.rawValue) }), "end": .number(result.end),
            "ended_by": .string(result.cause),
          ])
        }),
      "conserved": .array(
        outcome.drifts.map { drift in
          .object([
            "name": .string(drift.name), "initial": .number(drift.initial),
            "largest_change": .number(drift.largest),
          ])
        }),
      "suggestion": outcome.suggestion.map { .string($0) } ?? .null,
      "warnings": .array(configuration.warnings.map { .string($0) }),
    ])
  }
}
