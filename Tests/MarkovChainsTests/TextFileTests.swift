import Foundation
import MarkovChains
import StrictJSON
import Testing

@Suite struct TextFileTests {
  private func read(
    _ text: String, _ form: TextFile.Form, _ symbols: TextSymbols, _ unknown: TextFile.Unknown = .refuse
  ) throws -> [String] {
    try TextFile(Data(text.utf8), form, symbols, unknown: unknown).records.map { record in
      record.stretches.map { $0.map { symbols.alphabet.name(Int($0)) }.joined() }.joined(separator: "|")
    }
  }

  @Test func lettersByTheirRule() throws {
    #expect(TextSymbols.letters.alphabet.size == 27)
    #expect(try read("  The cat\r\n\tsat \n\n", .whole, .letters) == ["the_cat_sat"])
    #expect(try read("\u{FEFF}Ab", .whole, .letters) == ["ab"])
    #expect(try read("Don't - stop.", .whole, .letters, .skip) == ["dont_stop"])
    #expect(try read("Don't stop.", .whole, .letters, .gap) == ["don|t_stop"])
    #expect(try read("one\ntwo\n\n \nthree\n", .paragraphs, .letters) == ["one_two", "three"])
  }

  @Test func basesByTheirRule() throws {
    let fasta = ">first record\nACgt\nNNac\r\n;a comment\ngt-\n>second\nRYA\nC\n"
    #expect(try read(fasta, .fasta, .dna) == ["ACGT|ACGT", "AC"])
    #expect(try read("acgt\nacnt\n", .whole, .dna) == ["ACGTAC|T"])
    let records = try TextFile(Data(fasta.utf8), .fasta, .dna, unknown: .refuse).records
    #expect(records.map(\.line) == [1, 6] && records.map(\.count) == [8, 2])
  }

  @Test func ownSymbolsAreAsTheyAreWritten() throws {
    let greek = try TextSymbols(Alphabet(symbols: ["α", "β"]))
    #expect(try read("αβ β\nα", .whole, greek) == ["αββα"])
    let digits = try TextSymbols(Alphabet(size: 3))
    #expect(try read("0120", .whole, digits) == ["0120"])
    #expect(throws: AlphabetError.notOneCharacter(index: 1, symbol: "ab")) {
      try TextSymbols(Alphabet(symbols: ["a", "ab"]))
    }
    #expect(throws: AlphabetError.self) { try TextSymbols(Alphabet(size: 11)) }
  }

  /// Text, form, what is found and where.
  @Test(arguments: [
    ("acgt\nacXt", TextFile.Form.whole, "line 2, column 3", "\"X\""),
    (">a\nACGT\nAC\u{00E9}", .fasta, "line 3, column 3", "\"\u{00E9}\""),
    ("ACGT\n>a\nACGT", .fasta, "line 1, column 1", "before a record"),
    (">a\nACGT\n>b\nNNN\n>c\nA", .fasta, "line 3", "without a token"),
    ("", .whole, "", "no token"), ("\n \n", .paragraphs, "", "no token"),
    (">a\n", .fasta, "line 1", "without"),
    ("NNN", .whole, "", "no token"),
  ])
  func wrongText(text: String, form: TextFile.Form, place: String, found: String) throws {
    do {
      _ = try TextFile(Data(text.utf8), form, .dna, unknown: .refuse)
      Issue.record("\(text) was read")
    } catch {
      #expect(error.keyPath == place && error.found.contains(found), "\(error)")
    }
  }

  @Test func bytesThatAreNoText() {
    #expect(throws: DataFileError.self) {
      try TextFile(Data([0x61, 0xFF, 0xFE]), .whole, .letters, unknown: .skip)
    }
  }
}
