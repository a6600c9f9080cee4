import SymbolicTensors

/// What a configuration means, as a text that equal meanings share: the name under which a run is found again.
///
/// The text has a line for every value that is no default, sorted, so that neither spelling, nor the order of keys,
/// nor a key that a later version adds changes it. Numbers stand as they print; files as the SHA-256 of their
/// content, wherever they are.
public struct ContentIdentity: Hashable, Sendable {
  /// `inflow configuration 1`, then lines such as `initial.scale = 0.1`.
  public let text: String
  /// SHA-256 of the text: 64 hexadecimal digits.
  public let hash: String

  init(_ text: String) {
    self.text = text
    hash = SHA256.hash(text.utf8)
  }

  /// - Parameters:
  ///   - heading: what it is the identity of, with the version of the text's rules.
  ///   - tree: without its defaults.
  init(_ heading: String, _ tree: ConfigurationTree) {
    self.init(([heading] + tree.lines.sorted()).map { $0 + "\n" }.joined())
  }
}

extension ConfigurationTree {
  /// `key.path = value`, a line for every scalar, list of scalars, and map or list without entries.
  var lines: [String] {
    var lines: [String] = []
    collect(into: &lines, path: "")
    return lines
  }

  private func collect(into lines: inout [String], path: String) {
    switch content {
    case .map(let entries) where !entries.isEmpty:
      for (key, value) in entries { value.collect(into: &lines, path: KeyPathText.joined(path, key)) }
    case .list(let entries) where !entries.allSatisfy(\.isScalar):
      for (index, entry) in entries.enumerated() { entry.collect(into: &lines, path: "\(path)[\(index)]") }
    default: lines.append("\(path) = \(line)")
    }
  }

  private var isScalar: Bool {
    switch content {
    case .null, .plain, .quoted: true
    case .list, .map: false
    }
  }

  /// What is left when values that are their key's default are left out; nil for nothing.
  ///
  /// - Parameters:
  ///   - defaults: what the value would be; nil where it would not be there.
  ///   - alternatives: other values that could stand here, with the defaults of their own keys. A map that is there
  ///     by choice stays, if only as an empty one.
  func without(_ defaults: ConfigurationTree?, alternatives: [ConfigurationTree]) -> ConfigurationTree? {
    if self == defaults { return nil }
    switch content {
    case .map(let entries):
      let isChoice = if case .map = defaults?.content { false } else { true }
      let patterns = isChoice ? alternatives : [defaults].compactMap { $0 }
      var kept = entries
      for (key, value) in entries {
        let pattern = patterns.lazy.compactMap { $0[key: key] }.first
        kept[key] = value.without(pattern, alternatives: alternatives.compactMap { $0[key: key] })
      }
      return kept.isEmpty && !isChoice ? nil : ConfigurationTree(.map(kept), at: place)
    case .list(let entries):
      let patterns = alternatives.compactMap(\.firstEntry)
      let kept = entries.map { entry in
        entry.without(defaults?.firstEntry ?? patterns.first, alternatives: patterns)
          ?? ConfigurationTree(.map([:]), at: place)
      }
      return ConfigurationTree(.list(kept), at: place)
    case .null, .plain, .quoted: return self
    }
  }

  private subscript(key key: String) -> ConfigurationTree? {
    if case .map(let entries) = content { entries[key] } else { nil }
  }

  /// The pattern of a list's entries where these are maps.
  private var firstEntry: ConfigurationTree? {
    guard case .list(let entries) = content, let first = entries.first, case .map = first.content else {
      return nil
    }
    return first
  }
}
