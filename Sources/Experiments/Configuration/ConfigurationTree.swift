import Collections

/// A value of a configuration before it is given a meaning, with the place where it was written.
public struct ConfigurationTree: Sendable {
  public enum Content: Sendable {
    case null
    /// A bare scalar: a number, a truth value or a word.
    case plain(String)
    /// A scalar in quotes: always text.
    case quoted(String)
    case list([ConfigurationTree])
    case map(OrderedDictionary<String, ConfigurationTree>)
  }

  public var content: Content
  public var place: ConfigurationPlace

  public init(_ content: Content, at place: ConfigurationPlace) {
    self.content = content
    self.place = place
  }
}

extension ConfigurationTree {
  /// How messages name the value.
  var kind: String {
    switch content {
    case .null: "nothing"
    case .plain(let text): text
    case .quoted(let text): "the text \"\(text)\""
    case .list(let entries): "a list of \(entries.count)"
    case .map(let entries): "a map with the keys \(entries.keys.joined(separator: ", "))"
    }
  }
}

/// Values that are written rather than read have no place of their own.
extension ConfigurationTree {
  private static let written = ConfigurationPlace.configuration

  static func word(_ text: String) -> Self { Self(.plain(text), at: written) }
  static func text(_ text: String) -> Self { Self(.quoted(text), at: written) }
  static func integer(_ value: some BinaryInteger) -> Self { Self(.plain("\(value)"), at: written) }
  /// All digits that the number needs to read back to the same bits.
  static func number(_ value: Double) -> Self { Self(.plain("\(value)"), at: written) }
  static func list(_ entries: [Self]) -> Self { Self(.list(entries), at: written) }
  /// Keys without a value are left out.
  static func map(_ entries: KeyValuePairs<String, Self?>) -> Self {
    map(pairs: entries.compactMap { key, value in value.map { (key, $0) } })
  }
  /// - Parameter pairs: no key twice.
  static func map(pairs: [(key: String, value: Self)]) -> Self {
    Self(.map(OrderedDictionary(pairs.map { ($0.key, $0.value) }) { first, _ in first }), at: written)
  }
}
