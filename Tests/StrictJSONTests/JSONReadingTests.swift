import Foundation
import StrictJSON
import Testing

@Suite struct JSONReadingTests {
  /// What is written reads back to the same text.
  @Test func readsWhatItWrites() throws {
    let value = JSON.object([
      "z": .array([.integer(.max), .integer(.min), .number(0.1), .number(1e300), .number(-0.0), .null]),
      "a": .object(["[1 2]": .boolean(true), "": .string("tab\t, \"quotes\" \\ \u{1} ünï 😀")]),
      "none": .array([]), "empty": .object([:]), "deep": .array([.array([.array([.boolean(false)])])]),
    ])
    #expect(try JSON(parsing: Data(value.text.utf8)).text == value.text)
  }

  @Test func readsEscapes() throws {
    let read = try JSON(parsing: Data(#" ["\u00e9\ud83d\ude00\n\/\b\f\r"] "#.utf8))
    #expect(read.text == JSON.array([.string("é😀\n/\u{8}\u{C}\r")]).text)
  }

  /// RFC 8259, and the stricter rules of our files.
  @Test(arguments: [
    ("", 1, 1), ("[1, 2,]", 1, 7), ("{\"a\": 1,}", 1, 9), ("{\"a\": 1,\n \"a\": 2}", 2, 5), ("[1] 2", 1, 5),
    ("[01]", 1, 4), ("[1.]", 1, 4), ("[.5]", 1, 2), ("[+1]", 1, 2), ("[1e]", 1, 4), ("[1e999]", 1, 7),
    ("nul", 1, 1),
    ("\"a", 1, 3), ("\"\\x\"", 1, 4), ("\"\\ud83d\"", 1, 8), ("{a: 1}", 1, 2), ("[NaN]", 1, 2),
    ("{\"a\" 1}", 1, 6),
    ("[\"a\nb\"]", 1, 4), ("[1 2]", 1, 4),
  ])
  func refusesWithThePlace(text: String, line: Int, column: Int) throws {
    let error = try #require(throws: JSONError.self) { try JSON(parsing: Data(text.utf8)) }
    #expect((error.line, error.column) == (line, column), "\(error)")
  }

  @Test func depthIsBounded() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.self) { try JSON(parsing: Data(deep.utf8)) }
    #expect(throws: JSONError.self) { try JSON(parsing: Data([0x22, 0xFF, 0x22])) }
  }
}
