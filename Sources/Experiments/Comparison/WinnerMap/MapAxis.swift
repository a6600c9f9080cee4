/// One key of the configuration and the values that it takes over a map.
public struct MapAxis: Sendable {
  /// Such as `initial.scale`.
  public let key: String
  /// As YAML.
  public let values: [String]

  /// `key.path=[v1, v2, ..]`, or a single value.
  ///
  /// - Throws: `ConfigurationError` for a text of another form.
  public init(_ text: String) throws {
    func problem(_ found: String) -> ConfigurationError {
      ConfigurationError(
        .syntax, at: .override(text), keyPath: "", found: found,
        allowed: "key.path=[value, value, ..], such as initial.scale=[0.01, 0.1, 1]")
    }
    guard let override = Override(text) else { throw problem("no key and value") }
    key = String(text.prefix { $0 != "=" })
    let tree = try ConfigurationTree(yaml: override.value, at: .override(text))
    guard case .list(let entries) = tree.content else {
      values = [override.value]
      return
    }
    values = try entries.map { entry in
      switch entry.content {
      case .plain(let word): return word
      case .quoted(let word): return "\"\(word)\""
      default: return try entry.yaml().split(separator: "\n").joined(separator: " ")
      }
    }
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
}
