import Collections
import Foundation

/// A value of the tree together with its key path: what readers of sections are given.
struct Cursor {
  let tree: ConfigurationTree
  let path: String
  /// What relative paths in the file are relative to.
  let folder: URL

  func error(
    _ kind: ConfigurationError.Kind, found: String? = nil, allowed: String, suggestion: String? = nil
  ) -> ConfigurationError {
    ConfigurationError(
      kind, at: tree.place, keyPath: path, found: found ?? tree.kind, allowed: allowed, suggestion: suggestion
    )
  }

  /// Reads a map whose keys are all among `keys`.
  func section(_ keys: String...) throws -> Section { try section(keys) }

  func section(_ keys: [String]) throws -> Section {
    guard case .map(let entries) = tree.content else {
      throw error(.wrongType, allowed: "a map with the keys \(keys.joined(separator: ", "))")
    }
    for (key, value) in entries where !keys.contains(key) {
      throw ConfigurationError(
        .unknownKey, at: value.place, keyPath: KeyPathText.joined(path, key), found: "an unknown key",
        allowed: keys.joined(separator: ", "),
        suggestion: nearest(to: key, among: keys).map { "did you mean \($0)?" })
    }
    return Section(cursor: self, entries: entries)
  }

  /// Entries with their indices in the key path.
  func list(of what: String) throws -> [Cursor] {
    guard case .list(let entries) = tree.content else {
      throw error(.wrongType, allowed: "a list of \(what)")
    }
    guard !entries.isEmpty else {
      throw error(.outOfRange, found: "an empty list", allowed: "at least one of \(what)")
    }
    return entries.enumerated().map { Cursor(tree: $1, path: "\(path)[\($0)]", folder: folder) }
  }
}

/// A map whose keys are known to be allowed.
struct Section {
  let cursor: Cursor
  let entries: OrderedDictionary<String, ConfigurationTree>

  /// nil where the key is absent.
  subscript(key: String) -> Cursor? {
    entries[key].map {
      Cursor(tree: $0, path: KeyPathText.joined(cursor.path, key), folder: cursor.folder)
    }
  }

  func required(_ key: String, _ what: String) throws -> Cursor {
    guard let value = self[key] else {
      throw ConfigurationError(
        .missingKey, at: cursor.tree.place, keyPath: KeyPathText.joined(cursor.path, key), found: "nothing",
        allowed: what)
    }
    return value
  }

  /// The one key among `alternatives` that is present; nil when none is.
  func only(of alternatives: String...) throws -> (key: String, value: Cursor)? {
    let present = alternatives.filter { entries[$0] != nil }
    guard present.count <= 1 else {
      let removing = "--set \(KeyPathText.joined(cursor.path, present[0]))=null removes one"
      let isInSweep = if case .sweep = cursor.tree.place { true } else { false }
      throw cursor.error(
        .conflict, found: present.joined(separator: " and "),
        allowed: "one of \(alternatives.joined(separator: ", "))",
        suggestion: "remove all but one" + (isInSweep ? "" : " (\(removing))"))
    }
    return present.first.flatMap { key in self[key].map { (key, $0) } }
  }
}

/// The word that a typing error most likely meant: at most two edits, or a third of the word, away.
func nearest(to word: String, among candidates: [String]) -> String? {
  let ranked = candidates.map { ($0, editDistance(word.lowercased(), $0.lowercased())) }
  guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, word.count / 3) else { return nil }
  return best.1 < best.0.count ? best.0 : nil
}

/// Levenshtein distance. O(|a| |b|).
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var row = Array(0...b.count)
  for (i, left) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, right) in b.enumerated() {
      let replaced = diagonal + (left == right ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
