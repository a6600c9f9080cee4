import Flows
import InductionModel
import MarkovChains

/// `summary.json` of an integrated flow: where it ended and what it selected. Two runs of one configuration have
/// the same one.
public struct FlowSummary {
  public let outcome: FlowOutcome
  /// Where it ended.
  public let parameters: Parameters
  /// At the end.
  public let loss: Double
  public let selection: Selection
  /// nil for a level that holds everywhere.
  public let range: RangeReport?
  public let configuration: Configuration

  init(_ task: FlowTask, _ outcome: FlowOutcome, loss: Double, range: RangeReport?) {
    self.outcome = outcome
    self.loss = loss
    self.range = range
    configuration = task.experiment.configuration
    parameters = Parameters(flat: outcome.parameters, model: configuration.model)
    selection = Selection(
      ObservedModel(theoryOf: configuration.model), at: outcome.parameters, configuration.model,
      selected: task.selected)
  }

  public var json: JSON {
    let beginning: [(key: String, value: JSON)] = [
      ("format", .integer(Configuration.format)),
      ("name", .string(configuration.name)),
      ("level", .string(configuration.theory.level.rawValue)),
      ("complete", .boolean(!outcome.isCancelled)),
      ("time", .number(outcome.time)),
      ("loss", .number(loss)),
    ]
    let course: [(key: String, value: JSON)] = [
      (
        "stages",
        .array(
          zip(configuration.theory.stages, outcome.stages).map { stage, result in
            .object([
              "train": .array(stage.train.map { .string($0.rawValue) }), "end": .number(result.end),
              "ended_by": .string(result.cause),
            ])
          })
      ),
      (
        "conserved",
        .array(
          outcome.drifts.map { drift in
            .object([
              "name": .string(drift.name), "initial": .number(drift.initial),
              "largest_change": .number(drift.largest),
            ])
          })
      ),
      ("range", range?.json ?? .null),
      ("suggestion", outcome.suggestion.map { .string($0) } ?? .null),
      ("warnings", .array(configuration.theoryWarnings.map { .string($0) })),
    ]
    return .object(beginning + selection.members + course)
  }
}
