/// Gathers quantities from summaries, one after the other, and notices those that none has.
public struct SummaryFields: Sendable {
  private let quantities: [SweepDefinition.Quantity]
  private var isFound: [Bool]
  /// The first one, to say what it has instead.
  private var example: JSON?

  public init(_ quantities: [SweepDefinition.Quantity]) {
    self.quantities = quantities
    isFound = quantities.map { _ in false }
  }

  /// A field for each quantity; empty where the summary has null, or nothing.
  public mutating func fields(of summary: JSON) -> [String] {
    if example == nil { example = summary }
    return quantities.enumerated().map { index, quantity in
      guard let field = quantity.path.value(in: summary)?.field else { return "" }
      isFound[index] = true
      return field
    }
  }

  /// What is wrong with the quantities that no summary so far has had; none before the first.
  public var problems: [ConfigurationError] {
    guard let example else { return [] }
    return zip(quantities, isFound).filter { !$1 }.map { quantity, _ in
      let (keys, nearest) = quantity.path.alternatives(in: example)
      return ConfigurationError(
        .unknownKey, at: .configuration, keyPath: "collect.\(quantity.name)",
        found: "\(quantity.path), which no summary has as one value",
        allowed: keys.isEmpty ? "paths of summary.json" : keys.prefix(20).joined(separator: ", "),
        suggestion: nearest.map { "did you mean \($0)?" })
    }
  }
}
