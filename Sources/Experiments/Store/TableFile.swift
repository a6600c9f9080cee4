import Foundation
import SymbolicTensors

/// How far a table had come: what proves that its rows are those that were written.
struct TableMark: Codable, Hashable, Sendable {
  let rows: Int
  /// SHA-256 of the file up to the end of these rows.
  let sha256: String
}

/// A CSV file that grows row by row.
///
/// Every row reaches the file by a single write and ends with its number, from 0, in the column `row`: the file of a killed
/// run ends with a whole row, or with a part of one, and a row that is lost from the middle is noticed.
final class TableFile {
  static let rowColumn = "row"

  private(set) var rows: Int
  private var hash: SHA256
  private let file: DescriptorFile
  private let claim: RunClaim

  /// Writes the header.
  init(in claim: RunClaim, _ file: RunFolder.File, columns: [String]) throws {
    self.claim = claim
    rows = 0
    hash = SHA256()
    try claim.confirm()
    self.file = try DescriptorFile(creating: claim.folder[file])
    try write((columns + [Self.rowColumn]).joined(separator: ","))
  }

  /// Goes on with a file that is there: rows after the mark go.
  ///
  /// - Throws: `RunFolderError.damaged` where the rows up to the mark are not those that were written.
  init(in claim: RunClaim, _ file: RunFolder.File, resuming mark: TableMark) throws {
    self.claim = claim
    let table = try StoredTable(claim.folder, file)
    guard let kept = table.prefix(mark) else {
      throw RunFolderError.damaged(
        claim.folder[file], problem: "rows that are missing or have changed before the run's checkpoint")
    }
    rows = mark.rows
    hash = SHA256()
    hash.add(kept)
    try claim.write([(file, Data(kept))])
    self.file = try DescriptorFile(appendingTo: claim.folder[file])
  }

  var mark: TableMark { TableMark(rows: rows, sha256: hash.digits) }

  func append(_ fields: [String]) throws {
    try claim.confirm()
    try write("\(fields.joined(separator: ",")),\(rows)")
    rows += 1
  }

  private func write(_ line: String) throws {
    let bytes = Data("\(line)\n".utf8)
    try file.append(bytes)
    hash.add(bytes)
  }

  /// What was appended is on the disk.
  func synchronize() throws { try file.synchronize() }

  func close() throws { try file.close() }
}

/// A table of a run as it stands.
struct StoredTable {
  private let text: Data

  init(_ folder: RunFolder, _ file: RunFolder.File) throws { text = try folder.read(file) }

  /// Header and first rows, if they are those of the mark.
  func prefix(_ mark: TableMark) -> Data? {
    var (ends, place) = (0, text.startIndex)
    while ends <= mark.rows {
      guard let end = text[place...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      place = text.index(after: end)
      ends += 1
    }
    let kept = text[..<place]
    return SHA256.hash(kept) == mark.sha256 ? kept : nil
  }

  /// The last whole row, by the names of its columns.
  var lastRow: [String: String] {
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .dropLast()
    guard let header = lines.first, let last = lines.dropFirst().last else { return [:] }
    let (names, fields) = (header.split(separator: ","), last.split(separator: ","))
    return Dictionary(zip(names, fields).map { (String($0), String($1)) }) { first, _ in first }
  }
}
