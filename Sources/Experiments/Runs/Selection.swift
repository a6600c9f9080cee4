import InductionModel
import MarkovChains

/// Where a run ended and what it selected: what the summaries of flow and training have in common.
public struct Selection: Sendable {
  let model: ModelDefinition
  public let parameters: Parameters
  /// S*, if the run looked for it.
  public let selected: SelectedSet?

  /// p_S with its set, largest first.
  public var shares: [(set: HeadSet, share: Double)] {
    zip(model.sets, parameters.quantities(model).shares).map { ($0, $1) }
      .sorted { ($1.share, $0.set) < ($0.share, $1.set) }
  }

  var members: [(key: String, value: JSON)] {
    let quantities = parameters.quantities(model)
    return [
      ("parameters", parameters.json(as: model)),
      ("shares", quantities.shares.json(by: model.sets)),
      ("attention_weights", .array(quantities.weights.map { .numbers($0) })),
      ("winner", .array((shares.first?.set.members ?? []).map { .integer($0) })),
      ("selected_set", .optional(selected?.set)),
      ("gap", .optional(selected?.gap?.mean)),
    ]
  }
}
