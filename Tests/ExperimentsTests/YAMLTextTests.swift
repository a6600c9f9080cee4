import Experiments
import Foundation
import Testing

/// Texts that a YAML library expands without end, or says nothing clear about.
@Suite struct YAMLTextTests {
  private func error(_ text: String) throws -> ConfigurationError {
    try #require(throws: ConfigurationError.self) { try configuration(text) }
  }

  /// Nine levels of nine.
  private static let bomb =
    "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + zip("abcdefgh", "bcdefghi").map { inner, outer in
      "\(outer): &\(outer) [\(Array(repeating: "*\(inner)", count: 9).joined(separator: ", "))]\n"
    }.joined()

  @Test(.timeLimit(.minutes(1))) func nestedAliasesAreRefused() throws {
    let nested = try error(Self.bomb)
    #expect(nested.kind == .syntax)
    #expect(nested.found.contains("aliases"))
    guard case .file("test.yaml", let line?) = nested.place else {
      Issue.record("no line in \(nested)")
      return
    }
    #expect((5...9).contains(line))
    let key = try error(Self.bomb + "? *i\n: 1\n")
    #expect(key.place == .file("test.yaml", line: 10))
    #expect(key.found == "a key that is an alias")
    #expect(try error("x: &a b\nsource: {*a : 1}").found == "a key that is an alias")
  }

  @Test func ordinaryAliasesAreRead() throws {
    let read = try configuration(
      """
      # *note: anchors & aliases
      source: {tokens: 3, parents: &lags [1, 2]}
      model: {window: 3, heads: 3, degree: 2}
      theory:
        output: {times: &times [\((0..<5000).map(String.init).joined(separator: ", "))]}
      training: {measure: {times: *times}, checkpoints: {times: *times}, seeds: *lags}
      """)
    #expect(read.training?.seeds == [1, 2])
    #expect(read.training?.measure == read.theory.output)
  }

  @Test(arguments: [
    ("\0", "U+0000"), ("\u{1B}", "U+001B"), ("\u{7F}", "U+007F"), ("\u{9B}", "U+009B"),
    ("\u{FFFE}", "U+FFFE"),
  ])
  func controlCharactersAreNamedInOneLine(character: String, name: String) throws {
    let error = try error("source: {tokens: 3}\nname: a\(character)b\n")
    #expect(
      error.description
        == "test.yaml:2: found the character \(name); allowed: printable characters of UTF-8")
    let override = try #require(throws: ConfigurationError.self) {
      try configuration(minimal, "name=a\(character)b")
    }
    #expect(override.found == "the character \(name)")
    #expect(!override.description.unicodeScalars.contains { $0.properties.generalCategory == .control })
  }

  @Test func whatItQuotesHoldsNoControlCharacters() throws {
    let error = try error("source: {tokens: \"\\e[31m\\n\"}")
    #expect(error.description.contains(#"the text "\u{1B}[31m\u{A}""#))
  }

  @Test func wordsOfTheLibraryReadAsSentences() throws {
    #expect(try error("a: *b").found == "undefined alias")
    #expect(try error("a: {b: c").found.hasPrefix("no "))
    #expect(try error("set: {stages[0].x: c}").suggestion == "put a key path with brackets in quotes")
    #expect(try error("a: 1\n---\nb: 2").found == "another document")
    #expect(
      try error(String(repeating: "[", count: 5000)).found == "lists and maps more than 1000 levels deep")
  }

  @Test(.timeLimit(.minutes(1))) func filesWithoutAnEndAreRefused() throws {
    guard FileManager.default.fileExists(atPath: "/dev/zero") else { return }
    let configuration = try #require(throws: ConfigurationError.self) {
      try Configuration(contentsOf: "/dev/zero")
    }
    #expect(
      configuration.description == "/dev/zero: found more than 16 MiB; allowed: a configuration in YAML")
    let sweep = try #require(throws: ConfigurationError.self) { try SweepDefinition(contentsOf: "/dev/zero") }
    #expect(sweep.found == "more than 16 MiB")
  }
}
