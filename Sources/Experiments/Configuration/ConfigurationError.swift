/// Where a value of a configuration was written.
public enum ConfigurationPlace: Equatable, Sendable {
  /// Not one line: what several keys, or defaults, add up to.
  case configuration
  case file(String, line: Int?)
  /// The text behind `--set`.
  case override(String)
  /// The text behind `--vary`.
  case variation(String)
  /// A sweep, whose values are those of its cells' configurations.
  case sweep(String, line: Int?)
  /// A file that the configuration names; key paths are then the file's own.
  case input(InputFile)
}

/// A configuration that cannot be used: what is wrong, where, what is allowed and what to try.
public struct ConfigurationError: Error, Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case unreadable, syntax, unknownKey, missingKey, duplicateKey, wrongType, outOfRange, conflict
  }

  public let kind: Kind
  public let place: ConfigurationPlace
  /// `theory.stages[0].until.time`; empty for the whole file.
  public let keyPath: String
  public let found: String
  public let allowed: String
  /// What to try, as a sentence without a full stop; nil when `allowed` says it.
  public let suggestion: String?

  public init(
    _ kind: Kind, at place: ConfigurationPlace, keyPath: String, found: String, allowed: String,
    suggestion: String? = nil
  ) {
    self.kind = kind
    self.place = place
    self.keyPath = keyPath
    self.found = found
    self.allowed = allowed
    self.suggestion = suggestion
  }
}

/// One line, whatever the values hold that it quotes.
extension ConfigurationError: CustomStringConvertible {
  public var description: String {
    let location =
      switch place {
      case .configuration: "configuration"
      case .file(let name, let line?), .sweep(let name, let line?): "\(name):\(line)"
      case .file(let name, nil), .sweep(let name, nil): name
      case .override(let text): "--set \(text)"
      case .variation(let text): "--vary \(text)"
      case .input(let file): "\(file.keyPath): \(file.path)"
      }
    let key = keyPath.isEmpty ? "" : " \(keyPath):"
    let hint = suggestion.map { "; \($0)" } ?? ""
    return "\(location):\(key) found \(found); allowed: \(allowed)\(hint)".escapingControls(.all)
  }
}
