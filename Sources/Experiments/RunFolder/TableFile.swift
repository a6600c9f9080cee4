import Foundation

/// A CSV file that grows row by row.
///
/// Every row reaches the file by a single write, so that the file of a killed run ends with a whole row, or with a
/// part of one that a resumed run drops.
public final class TableFile {
  /// The fields of the last row that was there when a run was resumed; nil where there was none.
  let lastKept: [String]?
  private let handle: FileHandle
  private let path: String

  /// Writes the header.
  public init(in folder: RunFolder, _ file: RunFolder.File, columns: [String]) throws {
    path = folder[file]
    lastKept = nil
    try folder.write(columns.joined(separator: ",") + "\n", to: file)
    handle = try Self.open(path)
  }

  /// Goes on with a file that is there: its first rows stay as long as `keeping` accepts them, all others go.
  ///
  /// - Parameter keeping: is given the place of a row, from 0, and its fields.
  /// - Throws: `RunFolderError.damaged` when the header is another one.
  public init(
    resuming folder: RunFolder, _ file: RunFolder.File, columns: [String]?,
    keeping: (_ row: Int, _ fields: [Substring]) -> Bool
  ) throws {
    path = folder[file]
    let text = String(decoding: try folder.read(file), as: UTF8.self)
    // What follows the last line end is no whole row.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    guard let header = lines.first, columns.map({ $0.joined(separator: ",") == header }) ?? true else {
      throw RunFolderError.damaged(path, problem: "columns of another run")
    }
    let width = header.split(separator: ",").count
    let rows = lines.dropFirst().enumerated().prefix { place, line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      return fields.count == width && keeping(place, fields)
    }
    lastKept = rows.last?.element.split(separator: ",").map(String.init)
    let kept = [header] + rows.map(\.element)
    try folder.write(kept.joined(separator: "\n") + "\n", to: file)
    handle = try Self.open(path)
  }

  /// Time and step of the rows of a training's file, up to the first that is not whole.
  static func places(of folder: RunFolder, _ file: RunFolder.File) throws -> [(step: Int, time: Double)] {
    let lines = String(decoding: try folder.read(file), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    let width = lines.first.map { $0.split(separator: ",").count } ?? 0
    var places: [(step: Int, time: Double)] = []
    for line in lines.dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == width, width > 1, let time = Double(fields[0]), let step = Int(fields[1]) else {
        break
      }
      places.append((step, time))
    }
    return places
  }

  /// The last whole row of a file, by the names of its columns.
  static func lastRow(of folder: RunFolder, _ file: RunFolder.File) throws -> [String: String] {
    let lines = String(decoding: try folder.read(file), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    guard let header = lines.first, let last = lines.dropFirst().last else { return [:] }
    let (names, fields) = (header.split(separator: ","), last.split(separator: ","))
    return Dictionary(zip(names, fields).map { (String($0), String($1)) }) { first, _ in first }
  }

  private static func open(_ path: String) throws -> FileHandle {
    try RunFolder.attempting(path) {
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try handle.seekToEnd()
      return handle
    }
  }

  public func append(_ fields: [String]) throws {
    let line = Data((fields.joined(separator: ",") + "\n").utf8)
    try RunFolder.attempting(path) { try handle.write(contentsOf: line) }
  }

  deinit { try? handle.close() }
}
