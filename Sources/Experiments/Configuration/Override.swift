import Collections

/// `key.path=value` of the command line: the value is YAML, `[i]` reaches into lists, `null` removes a key.
public struct Override: Equatable, Sendable {
  enum Step: Equatable, Sendable {
    case key(String)
    case index(Int)
  }

  public let text: String
  let steps: [Step]
  let value: String

  /// nil unless `text` reads `key.path=value`.
  public init?(_ text: String) {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    guard let steps = Self.steps(text[..<equals]) else { return nil }
    self.text = text
    self.steps = steps
    self.value = String(text[text.index(after: equals)...])
  }

  private static func steps(_ path: Substring) -> [Step]? {
    var steps: [Step] = []
    for component in path.split(separator: ".", omittingEmptySubsequences: false) {
      let parts = component.split(separator: "[", omittingEmptySubsequences: false)
      guard let key = parts.first, !key.isEmpty else { return nil }
      steps.append(.key(String(key)))
      for part in parts.dropFirst() {
        guard part.last == "]", let index = Int(part.dropLast()), index >= 0 else { return nil }
        steps.append(.index(index))
      }
    }
    return steps
  }
}

extension ConfigurationTree {
  /// Maps on the way are created where there are none, so that unknown keys are found by the reader, and lists
  /// keep their length.
  ///
  /// - Throws: `ConfigurationError` when the path leads through something that is neither.
  public mutating func apply(_ override: Override) throws {
    let place = ConfigurationPlace.override(override.text)
    var value = try ConfigurationTree(yaml: override.value, at: place)
    value.place = place
    try set(value, override.steps[...], path: "", override)
  }

  private mutating func set(
    _ value: ConfigurationTree, _ steps: ArraySlice<Override.Step>, path: String, _ override: Override
  ) throws {
    guard let step = steps.first else {
      self = value
      return
    }
    func error(_ allowed: String) -> ConfigurationError {
      ConfigurationError(.wrongType, at: value.place, keyPath: path, found: kind, allowed: allowed)
    }
    switch (step, content) {
    case (.key(let key), .map(var entries)):
      let inner = KeyPathText.joined(path, key)
      if steps.count == 1, case .null = value.content {
        entries[key] = nil
      } else {
        var child = entries[key] ?? ConfigurationTree(.null, at: value.place)
        try child.set(value, steps.dropFirst(), path: inner, override)
        entries[key] = child
      }
      content = .map(entries)
    case (.key, .null):
      content = .map([:])
      try set(value, steps, path: path, override)
    case (.index(let index), .list(var entries)):
      guard entries.indices.contains(index) else {
        throw error("an index below \(entries.count), not \(index)")
      }
      try entries[index].set(value, steps.dropFirst(), path: "\(path)[\(index)]", override)
      content = .list(entries)
    case (.key(let key), _):
      throw error("a map, to set \(key) in it; set the whole of \(path) instead")
    case (.index(let index), _):
      throw error("a list, to set its entry \(index)")
    }
  }
}

enum KeyPathText {
  static func joined(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
