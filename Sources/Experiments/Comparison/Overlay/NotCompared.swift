import InductionModel

/// What one of two models has and the other does not.
public struct NotCompared: Hashable, Sendable {
  /// Such as `sigma[2 4]`.
  public let theory: [String]
  /// Such as `query`.
  public let training: [String]

  public var isEmpty: Bool { theory.isEmpty && training.isEmpty }

  /// - Parameter training: nil for the theory's own model.
  init(_ theory: ObservedModel, _ training: ObservedModel?) {
    let ours = theory.space.names + theory.names
    let theirs = training.map { $0.space.names + $0.names } ?? ours
    self.theory = Self.names(ours, without: theirs)
    self.training = Self.names(theirs, without: ours)
  }

  /// The columns that the others lack; of a quantity that they lack altogether, its name.
  private static func names(_ columns: [String], without others: [String]) -> [String] {
    let known = Set(others)
    let quantities = Set(others.map(quantity))
    return columns.filter { !known.contains($0) }
      .map { quantities.contains(quantity($0)) ? $0 : quantity($0) }
      .reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  /// `w` of `w[1 2]`.
  private static func quantity(_ column: String) -> String { String(column.prefix { $0 != "[" }) }

  var json: JSON {
    .object([
      "theory": .array(theory.map { .string($0) }), "training": .array(training.map { .string($0) }),
    ])
  }
}
