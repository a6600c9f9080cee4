import Foundation
import StrictJSON

/// Text that is one token a character: records, each of stretches between gaps.
public struct TextFile: Hashable, Sendable {
  public struct Record: Hashable, Sendable {
    /// On which it begins, from 1.
    public let line: Int
    /// Without gaps, none empty; at least one.
    public let stretches: [[UInt16]]

    /// Tokens.
    public var count: Int { stretches.reduce(0) { $0 + $1.count } }
  }

  /// How a file is divided.
  public enum Form: Hashable, Sendable {
    /// One record.
    case whole
    /// A record a paragraph: empty lines stand between them.
    case paragraphs
    /// A record for every line that begins with `>`; lines that begin with `;` are comments.
    case fasta
  }

  /// What becomes of a character outside of the alphabet.
  public enum Unknown: String, CaseIterable, Sendable {
    /// It is an error.
    case refuse
    /// No context reaches over it.
    case gap
    /// It is as if it were not there.
    case skip
  }

  public let records: [Record]

  /// - Throws: `DataFileError` with line and column, both from 1, for text that is not UTF-8, for a character outside of
  ///   the alphabet where these are refused, and for a file or a FASTA record without a token. O(characters).
  public init(_ data: Data, _ form: Form, _ symbols: TextSymbols, unknown: Unknown) throws(DataFileError) {
    guard let text = String(data: data, encoding: .utf8) else {
      throw DataFileError(keyPath: "", found: "text that is not UTF-8", allowed: "text")
    }
    var reader = TextReader(form: form, symbols: symbols, unknown: unknown)
    for character in text.unicodeScalars { try reader.read(character) }
    records = try reader.finish()
  }
}

/// One pass over the characters.
private struct TextReader {
  let form: TextFile.Form
  let symbols: TextSymbols
  let unknown: TextFile.Unknown

  private var records: [TextFile.Record] = []
  private var stretches: [[UInt16]] = []
  private var stretch: [UInt16] = []
  /// Of the record.
  private var firstLine = 1
  private var (line, column) = (1, 0)
  private var state = State.text
  /// Whether white space has come since the last token of the stretch.
  private var isAfterBlank = false
  private var lineIsEmpty = true

  private enum State {
    case text
    /// Up to the end of the line.
    case header, comment
  }

  init(form: TextFile.Form, symbols: TextSymbols, unknown: TextFile.Unknown) {
    (self.form, self.symbols, self.unknown) = (form, symbols, unknown)
    if form == .fasta { firstLine = 0 }
  }

  mutating func read(_ character: UnicodeScalar) throws(DataFileError) {
    column += 1
    if character == "\n" { return try endLine() }
    guard state == .text else { return }
    if form == .fasta, column == 1, character == ">" || character == ";" {
      if character == ">" { try endRecord() }
      if character == ">" { firstLine = line }
      state = character == ">" ? .header : .comment
      return
    }
    // Editors of some systems begin with a byte order mark.
    if character.properties.isWhitespace || (character == "\u{FEFF}" && line == 1 && column == 1) {
      isAfterBlank = true
      return
    }
    lineIsEmpty = false
    if firstLine == 0 { throw error("\"\(character)\" before a record", "a line that begins with > first") }
    switch symbols.meaning(of: character) {
    case .token(let token)?:
      if isAfterBlank, let blank = symbols.blank, !stretch.isEmpty { stretch.append(blank) }
      isAfterBlank = false
      stretch.append(token)
    case .gap?: endStretch()
    case nil:
      switch unknown {
      case .refuse:
        throw error("\"\(character)\"", symbols.allowed)
      case .gap: endStretch()
      case .skip: break
      }
    }
  }

  private func error(_ found: String, _ allowed: String) -> DataFileError {
    DataFileError(keyPath: "line \(line), column \(column)", found: found, allowed: allowed)
  }

  private mutating func endLine() throws(DataFileError) {
    isAfterBlank = true
    if form == .paragraphs, lineIsEmpty { try endRecord() }
    if state != .text { state = .text }
    (line, column, lineIsEmpty) = (line + 1, 0, true)
    if form != .fasta, stretches.isEmpty, stretch.isEmpty { firstLine = line }
  }

  private mutating func endStretch() {
    if !stretch.isEmpty { stretches.append(stretch) }
    stretch.removeAll()
    isAfterBlank = false
  }

  private mutating func endRecord() throws(DataFileError) {
    endStretch()
    guard !stretches.isEmpty else {
      guard form == .fasta, firstLine > 0 else { return }
      throw DataFileError(
        keyPath: "line \(firstLine)", found: "a record without a token", allowed: "records of at least one")
    }
    records.append(TextFile.Record(line: firstLine, stretches: stretches))
    stretches.removeAll()
  }

  mutating func finish() throws(DataFileError) -> [TextFile.Record] {
    try endRecord()
    guard !records.isEmpty else {
      throw DataFileError(keyPath: "", found: "no token", allowed: "text over \(symbols.allowed)")
    }
    return records
  }
}
