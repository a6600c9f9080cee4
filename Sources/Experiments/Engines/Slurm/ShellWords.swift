/// Words as a POSIX shell would split and quote them, without anything that a shell expands: `$`, `~` and `*` stand for
/// themselves.
enum ShellWords {
  /// Splits at white space outside quotes; `'..'` takes everything as it is, `".."` and a backslash as in a shell.
  ///
  /// - Returns: nil where a quote is not closed, or a backslash ends the text.
  static func split(_ text: String) -> [String]? {
    var words: [String] = []
    // nil between two words: quotes make even an empty one.
    var word: String?
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case " ", "\t", "\n":
        if let finished = word { words.append(finished) }
        word = nil
      case "'":
        guard let end = rest.firstIndex(of: "'") else { return nil }
        word = (word ?? "") + String(rest[..<end])
        rest = rest[rest.index(after: end)...]
      case "\"":
        guard let quoted = doubleQuoted(&rest) else { return nil }
        word = (word ?? "") + quoted
      case "\\":
        guard let next = rest.popFirst() else { return nil }
        word = (word ?? "") + String(next)
      default:
        word = (word ?? "") + String(scalar)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  /// Up to the closing quote, which goes too. A backslash counts before what would otherwise mean something.
  private static func doubleQuoted(_ rest: inout String.UnicodeScalarView.SubSequence) -> String? {
    var text = ""
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\"": return text
      case "\\":
        guard let next = rest.popFirst() else { return nil }
        text += ["\"", "\\", "$", "`"].contains(next) ? String(next) : "\\" + String(next)
      default: text.unicodeScalars.append(scalar)
      }
    }
    return nil
  }

  /// One word for a shell, whatever is in it.
  static func quoted(_ word: String) -> String {
    let isPlain = word.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || plain.contains($0))
    }
    if isPlain, !word.isEmpty { return word }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  private static let plain = Set("0123456789_-+=:,./@%".unicodeScalars)
}
