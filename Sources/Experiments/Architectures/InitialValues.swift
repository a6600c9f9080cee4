/// A key of `initial`.
public struct InitialKey: Hashable, Sendable {
  public let name: String
  /// A sentence without a full stop, for the schema.
  public let meaning: String
  public let domain: Domain
  public let fallback: InitialValue

  public enum Domain: Hashable, Sendable {
    case number
    /// A number, or `{normal: ..}`.
    case numberOrNormal
    /// Of the random values.
    case seed
  }

  /// A number.
  public init(_ name: String, _ meaning: String, _ fallback: Double) {
    self.init(name, meaning, .number, .number(fallback))
  }

  public init(_ name: String, _ meaning: String, _ domain: Domain, _ fallback: InitialValue) {
    (self.name, self.meaning, self.domain, self.fallback) = (name, meaning, domain, fallback)
  }
}

/// What a key of `initial` says.
public enum InitialValue: Hashable, Sendable {
  case number(Double)
  /// Independent normal numbers of mean 0 and this standard deviation.
  case normal(deviation: Double)
  case seed(Int)
}

/// The keys of `initial` with their values.
public struct InitialValues: Hashable, Sendable {
  private var values: [String: InitialValue]

  public init(_ values: [String: InitialValue]) { self.values = values }

  /// nil for a key that the architecture does not have.
  public subscript(name: String) -> InitialValue? { values[name] }

  /// Of a key that takes numbers alone; 0 for one that the architecture does not have.
  public func number(_ name: String) -> Double {
    if case .number(let value)? = values[name] { value } else { 0 }
  }

  /// Of the random values; 0 where the architecture has none.
  public var seed: UInt64 {
    for case .seed(let seed) in values.values { return UInt64(seed) }
    return 0
  }
}

extension InitialValues: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, Double)...) {
    self.init(Dictionary(elements.map { ($0, .number($1)) }) { first, _ in first })
  }
}
