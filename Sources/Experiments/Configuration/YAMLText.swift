import Foundation

/// What a text may hold that the YAML library would say nothing clear about, or never come back from.
enum YAMLText {
  /// The largest file that is read: a sweep that lists 100,000 values has a few MB.
  static let mostBytes = 16 << 20

  /// - Throws: `ConfigurationError` for control characters and for aliases as keys.
  static func check(_ text: String, at place: ConfigurationPlace) throws {
    func error(_ index: String.Index, _ found: String, _ allowed: String) -> ConfigurationError {
      let line = text.utf8[..<index].reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
      return ConfigurationError(.syntax, at: place.line(line), keyPath: "", found: found, allowed: allowed)
    }
    if let index = text.unicodeScalars.firstIndex(where: { !isPrintable($0) }) {
      let code = String(text.unicodeScalars[index].value, radix: 16, uppercase: true)
      throw error(
        index, "the character U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code)",
        "printable characters of UTF-8")
    }
    if let index = aliasedKey(in: text) {
      throw error(index, "a key that is an alias", "words as keys")
    }
  }

  /// YAML 1.1, section 5.1.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E, 0x09, 0x0A, 0x0D, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...: true
    default: false
    }
  }

  /// The library compares keys with all that their aliases expand to.
  private static func aliasedKey(in text: String) -> String.Index? {
    guard text.utf8.contains(UInt8(ascii: "&")), text.utf8.contains(UInt8(ascii: "*")) else { return nil }
    let key = /\?\s+\*|(?:^|[\s,{\[])\*[A-Za-z0-9_\-]+\s*:(?:\s|$)/.anchorsMatchLineEndings()
    return text.matches(of: key).map(\.range.lowerBound).first { index in
      let line = text[..<index].lastIndex(of: "\n") ?? text.startIndex
      return !text[line..<index].contains("#")
    }
  }
}

/// How many values a text may stand for: as many as are written, and some more by aliases.
///
/// Every value that is written takes at least a byte, its key's or its own, so that a text without aliases never
/// exceeds it; nine levels of nine aliases, a text of half a kilobyte, stand for 9⁹ values.
struct AliasBudget {
  private static let most = 100_000
  private var left: Int

  init(of text: String) { left = text.utf8.count + 1 + Self.most }

  /// - Throws: `ConfigurationError` beyond the last one.
  mutating func spend(at place: ConfigurationPlace) throws {
    left -= 1
    guard left >= 0 else {
      throw ConfigurationError(
        .syntax, at: place, keyPath: "", found: "aliases that stand for too many values",
        allowed: "at most \(Self.most) more than are written")
    }
  }
}

extension ConfigurationTree {
  /// - Parameters:
  ///   - path: `-` for standard input.
  ///   - place: of the text's first line.
  ///   - what: what the file is to be, for messages.
  /// - Throws: `ConfigurationError` for a file that is not there, too large or not UTF-8, and as `init(yaml:at:)`.
  init(contentsOf path: String, at place: ConfigurationPlace, _ what: String) throws {
    func unreadable(_ found: String) -> ConfigurationError {
      ConfigurationError(.unreadable, at: place, keyPath: "", found: found, allowed: what)
    }
    let text: String?
    let isInput = path == ConfigurationFile.standardInput
    do {
      let most = YAMLText.mostBytes
      let data =
        isInput
        ? try Data(whole: .standardInput, atMost: most) : try Data(wholeFile: path, atMost: most)
      text = String(data: data, encoding: .utf8)
    } catch is EndlessFile {
      throw unreadable("more than \(YAMLText.mostBytes >> 20) MiB")
    } catch {
      let isThere = isInput || FileManager.default.fileExists(atPath: path)
      throw unreadable(isThere ? "a file that cannot be read as UTF-8 text" : "no such file")
    }
    guard let text else { throw unreadable("a file that cannot be read as UTF-8 text") }
    try self.init(yaml: text, at: place)
  }
}
