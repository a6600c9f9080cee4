import Collections

/// Reading and changing a tree at a path.
extension ConfigurationTree {
  /// nil where there is nothing.
  subscript(path: ConfigurationPath) -> ConfigurationTree? {
    path.steps.reduce(self) { tree, step in tree?.child(step) }
  }

  private func child(_ step: ConfigurationPath.Step) -> ConfigurationTree? {
    switch (step, content) {
    case (.key(let key), .map(let entries)): entries[key]
    case (.index(let index), .list(let entries)) where entries.indices.contains(index): entries[index]
    default: nil
    }
  }

  /// Puts a value at a path; null removes a key. Maps on the way are created where there are none, so that unknown
  /// keys are found by the reader, and lists keep their length.
  ///
  /// - Parameter defaults: what absent keys stand for; a path that leads into a list that is not written takes the
  ///   list from there.
  /// - Throws: `ConfigurationError` when the path leads through something that is neither.
  mutating func set(
    _ value: ConfigurationTree, at path: ConfigurationPath, _ defaults: ConfigurationTree?
  ) throws {
    try set(value, path.steps[...], defaults, path: "")
  }

  private mutating func set(
    _ value: ConfigurationTree, _ steps: ArraySlice<ConfigurationPath.Step>, _ defaults: ConfigurationTree?,
    path: String
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
      if steps.count == 1, case .null = value.content {
        entries[key] = nil
      } else {
        var child = entries[key] ?? ConfigurationTree(.null, at: value.place)
        let inner = KeyPathText.joined(path, key)
        try child.set(value, steps.dropFirst(), defaults?.child(step), path: inner)
        entries[key] = child
      }
      content = .map(entries)
    case (.index(let index), .list(var entries)):
      guard entries.indices.contains(index) else {
        throw error("an index below \(entries.count), not \(index)")
      }
      // Entries beyond the default's have the default's keys too.
      let inner = defaults?.child(step) ?? defaults?.child(.index(0))
      try entries[index].set(value, steps.dropFirst(), inner, path: "\(path)[\(index)]")
      content = .list(entries)
    case (.key, .null):
      content = .map([:])
      try set(value, steps, defaults, path: path)
    case (.index, .null):
      guard let defaults, case .list = defaults.content else { throw error("a list that is written") }
      self = defaults.placed(at: value.place)
      try set(value, steps, defaults, path: path)
    case (.key(let key), _):
      throw error("a map, to set \(key) in it; set the whole of \(path) instead")
    case (.index(let index), _):
      throw error("a list, to set its entry \(index)")
    }
  }

  /// The same without a key.
  func removing(_ path: String) -> ConfigurationTree {
    guard let path = ConfigurationPath(path), self[path] != nil else { return self }
    var result = self
    try? result.set(ConfigurationTree(.null, at: place), at: path, nil)
    return result
  }

  /// The same values, all from one place.
  func placed(at place: ConfigurationPlace) -> ConfigurationTree {
    switch content {
    case .null, .plain, .quoted: ConfigurationTree(content, at: place)
    case .list(let entries): ConfigurationTree(.list(entries.map { $0.placed(at: place) }), at: place)
    case .map(let entries): ConfigurationTree(.map(entries.mapValues { $0.placed(at: place) }), at: place)
    }
  }
}

/// The same values, wherever they were written.
extension ConfigurationTree: Equatable {
  public static func == (left: Self, right: Self) -> Bool {
    switch (left.content, right.content) {
    case (.null, .null): true
    case (.plain(let a), .plain(let b)), (.quoted(let a), .quoted(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.map(let a), .map(let b)): a == b
    default: false
    }
  }
}
