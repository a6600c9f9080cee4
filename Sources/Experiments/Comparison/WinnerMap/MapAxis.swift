/// One key of the configuration and the values that it takes over a map.
public struct MapAxis: Sendable {
  /// Such as `initial.scale`.
  public let key: String
  /// As YAML, each on one line.
  public let values: [String]
  private let path: ConfigurationPath

  /// `key.path=[v1, v2, ..]`, or a single value.
  ///
  /// - Throws: `ConfigurationError` for a text of another form.
  public init(_ text: String) throws {
    func problem(_ found: String) -> ConfigurationError {
      ConfigurationError(
        .syntax, at: .variation(text), keyPath: "", found: found,
        allowed: "key.path=[value, value, ..], such as initial.scale=[0.01, 0.1, 1]")
    }
    guard let override = Override(text) else { throw problem("no key and value") }
    key = String(text.prefix { $0 != "=" })
    path = override.path
    let tree = try ConfigurationTree(yaml: override.value, at: .variation(text))
    values = if case .list(let entries) = tree.content { entries.map(\.line) } else { [tree.line] }
    guard !values.isEmpty else { throw problem("an empty list") }
    guard Set(values).count == values.count else { throw problem("a value that stands twice") }
  }
}

extension MapAxis {
  /// Overrides of every cell, the last axis fastest.
  static func cells(_ axes: [MapAxis]) -> [[(key: String, value: String)]] {
    axes.reduce([[]]) { cells, axis in
      cells.flatMap { cell in axis.values.map { cell + [(axis.key, $0)] } }
    }
  }

  /// - Throws: `ConfigurationError` where an axis would undo what one before it has set.
  static func checkIndependent(_ axes: [MapAxis]) throws {
    for (position, axis) in axes.enumerated() {
      guard let earlier = axes[..<position].first(where: { axis.path.contains($0.path) }) else {
        continue
      }
      let isSame = earlier.path == axis.path
      throw ConfigurationError(
        isSame ? .duplicateKey : .conflict, at: .configuration, keyPath: axis.key,
        found: isSame
          ? "a key that is varied twice" : "an axis that replaces \(earlier.key), varied before it",
        allowed: isSame ? "every key once" : "what stands in another key varied after it",
        suggestion: isSame
          ? "give all its values to one --vary" : "put --vary \(axis.key) before --vary \(earlier.key)")
    }
  }
}
