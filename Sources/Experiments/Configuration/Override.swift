/// `key.path=value` of the command line: the value is YAML, `[i]` reaches into lists, `null` removes a key.
public struct Override: Equatable, Sendable {
  public let text: String
  let path: ConfigurationPath
  /// YAML.
  let value: String

  /// nil unless `text` reads `key.path=value`.
  public init?(_ text: String) {
    guard let equals = text.firstIndex(of: "="), let path = ConfigurationPath(text[..<equals]) else {
      return nil
    }
    self.text = text
    self.path = path
    value = String(text[text.index(after: equals)...])
  }
}

extension ConfigurationTree {
  /// - Parameter defaults: as for `set`.
  /// - Throws: `ConfigurationError` for a value that is no YAML, or as `set`.
  mutating func apply(_ override: Override, defaults: ConfigurationTree) throws {
    let place = ConfigurationPlace.override(override.text)
    try set(ConfigurationTree(yaml: override.value, at: place).placed(at: place), at: override.path, defaults)
  }
}
