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

  private(set) var rows = 0
  private let file: DescriptorFile
  private let claim: RunClaim
  private let path: String
  /// Up to where the file has been hashed: marks follow each other, so that each byte is read once.
  private var hashed = HashedRows()

  private struct HashedRows {
    var rows = -1
    var bytes = 0
    var hash = SHA256()
  }

  /// Writes the header.
  init(in claim: RunClaim, _ file: RunFolder.File, columns: [String]) throws {
    self.claim = claim
    path = claim.folder[file]
    try claim.confirm()
    self.file = try DescriptorFile(creating: path)
    try self.file.append(Data("\((columns + [Self.rowColumn]).joined(separator: ","))\n".utf8))
  }

  /// Goes on with a file that is there: rows after the mark go.
  ///
  /// - Throws: `RunFolderError.damaged` where the rows up to the mark are not those that were written.
  init(in claim: RunClaim, _ file: RunFolder.File, resuming mark: TableMark) throws {
    self.claim = claim
    path = claim.folder[file]
    guard let kept = try StoredTable(claim.folder, file).prefix(mark) else {
      throw RunFolderError.damaged(
        path, problem: "rows that are missing or have changed before the run's checkpoint")
    }
    rows = mark.rows
    try claim.write([(file, Data(kept))])
    self.file = try DescriptorFile(appendingTo: path)
  }

  func append(_ fields: [String]) throws {
    try claim.confirm()
    try file.append(Data("\(fields.joined(separator: ",")),\(rows)\n".utf8))
    rows += 1
  }

  /// What proves the first rows; all of them by default. Amortised O(bytes since the last mark).
  func mark(at count: Int? = nil) throws -> TableMark {
    let wanted = min(count ?? rows, rows)
    if wanted < hashed.rows { hashed = HashedRows() }
    try advance(to: wanted)
    return TableMark(rows: wanted, sha256: hashed.hash.digits)
  }

  private func advance(to wanted: Int) throws {
    guard hashed.rows < wanted else { return }
    let reader: FileHandle
    do {
      reader = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      try reader.seek(toOffset: UInt64(hashed.bytes))
    } catch {
      throw RunFolderError.notReadable(path, reason: error.localizedDescription)
    }
    defer { try? reader.close() }
    while hashed.rows < wanted {
      guard let piece = try? reader.read(upToCount: 1 << 20), !piece.isEmpty else {
        throw RunFolderError.damaged(path, problem: "fewer rows than were written")
      }
      var end = piece.startIndex
      while hashed.rows < wanted, let line = piece[end...].firstIndex(of: UInt8(ascii: "\n")) {
        end = piece.index(after: line)
        hashed.rows += 1
      }
      let known = hashed.rows < wanted ? piece : piece[..<end]
      hashed.hash.add(known)
      hashed.bytes += known.count
    }
  }

  /// What was appended is on the disk, if the claim wants that.
  func synchronize() throws { try claim.synchronize(file) }

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
