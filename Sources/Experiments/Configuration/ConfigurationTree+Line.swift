extension ConfigurationTree {
  /// The value as YAML on one line, which reads back to the same value behind a key or in a list.
  var line: String {
    switch content {
    case .null: "null"
    case .plain(let text): Self.standsBare(text) ? text : Self.quoted(text)
    case .quoted(let text): Self.quoted(text)
    case .list(let entries): "[\(entries.map(\.line).joined(separator: ", "))]"
    case .map(let entries):
      "{\(entries.map { "\(Self.quotedKey($0)): \($1.line)" }.joined(separator: ", "))}"
    }
  }

  /// Brackets and commas, which a bare text may hold outside lists and maps, would end it inside.
  private static func standsBare(_ text: String) -> Bool { !text.contains { "[]{},\n".contains($0) } }

  /// A text of JSON is one of YAML.
  private static func quoted(_ text: String) -> String {
    String(JSON.string(text).text.dropLast())
  }

  private static func quotedKey(_ key: String) -> String {
    key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" } && !key.isEmpty
      ? key : quoted(key)
  }
}
