import Foundation
import SymbolicTensors

/// Writes an exported source, and its data file if it has one, into a folder.
public struct DerivationFiles {
  /// What was written, the source first.
  public let paths: [String]

  /// - Throws: `RunFolderError`; a file that is there is replaced only if `existing` says so.
  public init(
    _ source: ExportedSource, named name: String, in folder: String, existing: ExistingFile
  ) throws {
    let names = [name] + (source.data.isEmpty ? [] : [DerivationRun.dataFileName])
    paths = names.map { "\(folder)/\($0)" }
    if existing == .refuse, let found = paths.first(where: FileManager.default.fileExists(atPath:)) {
      throw RunFolderError.fileExists(found)
    }
    try RunFolder.create(folder)
    // The data first: a source without its data would fail later and elsewhere.
    let data = source.data.isEmpty ? [] : [(paths[1], Self.littleEndian(source.data))]
    try DurableFile.write(data + [(paths[0], Data(source.text.utf8))])
  }

  private static func littleEndian(_ numbers: [Double]) -> Data {
    let patterns = numbers.map(\.bitPattern.littleEndian)
    return patterns.withUnsafeBytes { Data($0) }
  }
}
