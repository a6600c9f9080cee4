import InductionModel
import MarkovChains
import ParameterSpaces

/// Where a run ended and what it selected: what the summaries of flow and training have in common.
public struct Selection: Sendable {
  private let space: ParameterSpace
  /// In the order of the model's parameter space.
  public let point: [Double]
  public let quantities: NamedQuantities
  /// S*, if the run looked for it.
  public let selected: SelectedSet?

  /// - Parameter model: whose names the quantities have.
  init(_ observed: ObservedModel, at point: [Double], _ model: ModelDefinition, selected: SelectedSet?) {
    space = observed.space
    self.point = point
    quantities = NamedQuantities(model, observed, at: point)
    self.selected = selected
  }

  /// p_S with its set, largest first; empty for a model without.
  public var shares: [(set: HeadSet, share: Double)] { quantities.ranking }

  /// Shares, weights and winner of a model that has them.
  var members: [(key: String, value: JSON)] {
    let shares = quantities.shares.map { [(key: "shares", value: $0.json(by: quantities.model.sets))] }
    let weights = quantities.weights.map { rows in
      [(key: "attention_weights", value: JSON.array(rows.map { .numbers($0) }))]
    }
    let winner = quantities.ranking.first.map { [(key: "winner", value: JSON.set($0.set))] }
    return [("parameters", space.json(point))] + (shares ?? []) + (weights ?? []) + (winner ?? []) + [
      ("selected_set", .optional(selected?.set)), ("gap", .optional(selected?.gap?.mean)),
    ]
  }
}

extension JSON {
  /// The members of a set of heads.
  static func set(_ set: HeadSet) -> JSON { .array(set.members.map { .integer($0) }) }
}

extension [Double] {
  /// One number per set of heads, under keys such as `[1 2]`.
  func json(by sets: [HeadSet]) -> JSON {
    .object(zip(sets, self).map { (key: "[\($0.label)]", value: .number($1)) })
  }
}
