import Foundation
import InductionModel
import Theory

/// When a quantity passes from plateau to plateau: in theory, and in training with an interval over the seeds.
public struct StageTimes: Sendable {
  public let level: TheoryLevel
  public let rows: [Row]

  public struct Row: Sendable {
    public let quantity: String
    public let theory: Transition
    /// The nearest transition in the same direction of every seed that has one.
    public let seeds: [Transition]
    /// How many seeds were looked at.
    public let looked: Int
  }
}

extension StageTimes {
  /// - Parameter end: what lies behind it is not looked at, so that plateaus are those that both see.
  init(
    _ level: TheoryLevel, theory: TrajectoryTable, seeds: [TrajectoryTable], model: ModelDefinition,
    end: Double
  ) {
    self.level = level
    rows = Self.quantities(model, theory).flatMap { quantity -> [Row] in
      let measured = seeds.map { $0.transitions(of: quantity, until: end) }
      return theory.transitions(of: quantity, until: end).map { transition in
        Row(
          quantity: quantity, theory: transition, seeds: measured.compactMap { transition.nearest($0) },
          looked: seeds.count)
      }
    }
  }

  /// Loss, a, shares that reach a tenth, own weights.
  static func quantities(_ model: ModelDefinition, _ theory: TrajectoryTable) -> [String] {
    let shares = model.shareNames.filter { (theory[$0]?.max() ?? 0) >= 0.1 }
    let own = (1...model.heads).compactMap { head in
      model.ownLag(ofHead: head).map { "sigma[\(head) \($0)]" }
    }
    return ["loss", ModelDefinition.scaleName] + shares + own
  }

  var json: JSON {
    .object([
      "level": .string(level.rawValue),
      "transitions": .array(
        rows.map { row in
          .object([
            "quantity": .string(row.quantity), "theory": row.theory.json,
            "training": .object([
              "seeds": .integer(row.seeds.count), "of": .integer(row.looked),
              "begin": row.seeds.interval(\.begin), "middle": row.seeds.interval(\.middle),
              "end": row.seeds.interval(\.end),
            ]),
          ])
        }),
    ])
  }
}

extension TrajectoryTable {
  fileprivate func transitions(of quantity: String, until end: Double) -> [Transition] {
    guard let values = self[quantity] else { return [] }
    let count = times.prefix { $0 <= end * (1 + 1e-9) }.count
    return Transition.all(times: Array(times.prefix(count)), values: Array(values.prefix(count)))
  }
}

extension Transition {
  fileprivate func nearest(_ others: [Transition]) -> Transition? {
    func distance(_ other: Transition) -> Double { abs(log1p(other.middle) - log1p(middle)) }
    return others.filter { ($0.to > $0.from) == (to > from) }.min { distance($0) < distance($1) }
  }

  fileprivate var json: JSON {
    .object([
      "begin": .number(begin), "middle": .number(middle), "end": .number(end), "from": .number(from),
      "to": .number(to),
    ])
  }
}

extension [Transition] {
  fileprivate func interval(_ time: KeyPath<Transition, Double>) -> JSON {
    let values = map { $0[keyPath: time] }
    guard !values.isEmpty else { return .null }
    let mean = SampleMean(values)
    return .object([
      "mean": .number(mean.mean), "standard_error": .optional(mean.standardError),
      "least": .optional(values.min()), "greatest": .optional(values.max()),
    ])
  }
}
