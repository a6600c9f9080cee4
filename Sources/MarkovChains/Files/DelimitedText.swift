import Foundation
import StrictJSON

/// Rows of cells: CSV as in RFC 4180, or the same with tabs.
///
/// A cell in quotes may hold separators and line ends, and `""` for a quote; blanks around other cells do not count, nor do
/// blank rows.
struct DelimitedText {
  /// What stands between two cells.
  enum Separator: UInt8, Sendable {
    case comma = 0x2C
    case tab = 0x09
  }

  struct Row {
    /// On which it begins, from 1.
    let line: Int
    let cells: [String]
  }

  let rows: [Row]

  /// - Throws: `DataFileError` with row and column, both from 1, for text that is not UTF-8 and for quotes that are not closed
  ///   or have text behind them. O(bytes).
  init(_ data: Data, _ separator: Separator) throws(DataFileError) {
    guard String(data: data, encoding: .utf8) != nil else {
      throw DataFileError(keyPath: "", found: "text that is not UTF-8", allowed: "rows of tokens")
    }
    var reader = Reader(bytes: [UInt8](data), separator: separator.rawValue)
    var rows: [Row] = []
    while let row = try reader.row() {
      if row.cells != [""] { rows.append(row) }
    }
    self.rows = rows
  }

  /// A cell's text, in quotes where it would not be read back as it is.
  static func cell(_ text: String, _ separator: Separator) -> String {
    let needsQuotes = text.utf8.contains { [separator.rawValue, 0x22, 0x0A, 0x0D].contains($0) }
    return needsQuotes ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }
}

private struct Reader {
  let bytes: [UInt8]
  let separator: UInt8
  private var at = 0
  private var line = 1

  private static let quote = UInt8(ascii: "\"")

  init(bytes: [UInt8], separator: UInt8) {
    (self.bytes, self.separator) = (bytes, separator)
    // Spreadsheets write a byte order mark.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
  }

  /// nil at the end.
  mutating func row() throws(DataFileError) -> DelimitedText.Row? {
    guard at < bytes.count else { return nil }
    let first = line
    var cells: [String] = []
    repeat { cells.append(try cell(row: first, column: cells.count + 1)) } while skipSeparator()
    skipLineEnd()
    return DelimitedText.Row(line: first, cells: cells)
  }

  private mutating func cell(row: Int, column: Int) throws(DataFileError) -> String {
    skipBlanks()
    guard at < bytes.count, bytes[at] == Self.quote else { return plainCell() }
    func error(_ found: String) -> DataFileError {
      DataFileError(
        keyPath: "row \(row), column \(column)", found: found,
        allowed: "a cell whose quotes are closed, with two quotes for one inside")
    }
    at += 1
    var text: [UInt8] = []
    while true {
      guard at < bytes.count else { throw error("a quote that is not closed") }
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "\n") { line += 1 }
      guard byte == Self.quote else {
        text.append(byte)
        continue
      }
      guard at < bytes.count, bytes[at] == Self.quote else { break }
      text.append(byte)
      at += 1
    }
    skipBlanks()
    guard at == bytes.count || bytes[at] == separator || isLineEnd(bytes[at]) else {
      throw error("text behind a quote")
    }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func plainCell() -> String {
    let start = at
    while at < bytes.count, bytes[at] != separator, !isLineEnd(bytes[at]) { at += 1 }
    return String(decoding: bytes[start..<at], as: UTF8.self).trimmingCharacters(in: .whitespaces)
  }

  private mutating func skipBlanks() {
    while at < bytes.count, bytes[at] == UInt8(ascii: " ") || bytes[at] == UInt8(ascii: "\t"),
      bytes[at] != separator
    {
      at += 1
    }
  }

  private mutating func skipSeparator() -> Bool {
    guard at < bytes.count, bytes[at] == separator else { return false }
    at += 1
    return true
  }

  private mutating func skipLineEnd() {
    guard at < bytes.count else { return }
    if bytes[at] == UInt8(ascii: "\r"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\n") { at += 1 }
    at += 1
    line += 1
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
}
