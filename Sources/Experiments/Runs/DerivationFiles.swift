import Foundation
import SymbolicTensors

/// Writes an exported source, and its data file if it has one, into a folder.
public struct DerivationFiles {
  /// What was written, the source first.
  public let paths: [String]

  /// - Throws: `RunFolderError`; a file that is there is replaced only if `existing` says so.
  public init(
    _ source: ExportedSource, named name: String, in folder: String, existing: RunFolder.Existing
  ) throws {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    if manager.fileExists(atPath: folder, isDirectory: &isFolder), !isFolder.boolValue {
      throw RunFolderError.notAFolder(folder)
    }
    let names = [name] + (source.data.isEmpty ? [] : [DerivationRun.dataFileName])
    paths = names.map { "\(folder)/\($0)" }
    if existing == .refuse, let found = paths.first(where: manager.fileExists(atPath:)) {
      throw RunFolderError.fileExists(found)
    }
    try RunFolder.attempting(folder) {
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    // The data first: a source without its data would fail later and elsewhere.
    if !source.data.isEmpty {
      try write(Self.littleEndian(source.data), to: paths[1])
    }
    try write(Data(source.text.utf8), to: paths[0])
  }

  private func write(_ data: Data, to path: String) throws {
    try RunFolder.attempting(path) { try data.write(to: URL(fileURLWithPath: path), options: .atomic) }
  }

  private static func littleEndian(_ numbers: [Double]) -> Data {
    let patterns = numbers.map(\.bitPattern.littleEndian)
    return patterns.withUnsafeBytes { Data($0) }
  }
}
