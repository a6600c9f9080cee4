import Foundation

/// The folder of a run, to be read: what is in it at any moment is whole, so that a killed run stays readable.
public struct RunFolder: Hashable, Sendable {
  /// The files of a run.
  public enum File: String, CaseIterable, Codable, Sendable {
    case configuration = "config.yaml"
    case manifest = "manifest.json"
    case trajectory = "trajectory.csv"
    case measurements = "measurements.csv"
    case overlay = "overlay.csv"
    case baselines = "baselines.csv"
    case features = "features.csv"
    case summary = "summary.json"
    case checkpoint = "checkpoint.json"
    case parameters = "parameters.json"
    case tensors = "parameters.safetensors"
  }

  public let path: String

  /// The folder of a run that is there.
  ///
  /// - Throws: `RunFolderError.notARun` where there is none.
  public init(of path: String) throws {
    self.path = path
    for file in [File.configuration, .manifest] where !has(file) {
      throw RunFolderError.notARun(path, missing: file.rawValue)
    }
  }

  init(unchecked path: String) { self.path = path }

  /// The path of a file.
  public subscript(file: File) -> String { "\(path)/\(file.rawValue)" }

  public func has(_ file: File) -> Bool { FileManager.default.fileExists(atPath: self[file]) }

  /// A file as it stands.
  ///
  /// - Throws: `RunFolderError.notReadable`.
  public func read(_ file: File) throws -> Data { try Self.read(self[file]) }

  /// The folder of one seed's training.
  public func seed(_ seed: Int) -> String { "\(path)/seed-\(seed)" }

  /// Where the checkpoints of the grid are kept.
  public var checkpoints: String { "\(path)/checkpoints" }

  /// The checkpoints that are kept, by their steps, ascending.
  ///
  /// - Throws: `RunFolderError.notReadable`.
  func keptCheckpoints() throws -> [(step: Int, path: String)] {
    guard FileManager.default.fileExists(atPath: checkpoints) else { return [] }
    return try Self.names(in: checkpoints).compactMap { name in
      guard name.hasPrefix("step-"), name.hasSuffix(".json"), let step = Int(name.dropFirst(5).dropLast(5))
      else { return nil }
      return (step, "\(checkpoints)/\(name)")
    }.sorted { $0.step < $1.step }
  }

  static func read(_ path: String) throws(RunFolderError) -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      let manager = FileManager.default
      var isFolder: ObjCBool = false
      let reason =
        if !manager.fileExists(atPath: path, isDirectory: &isFolder) {
          "no such file"
        } else if isFolder.boolValue {
          "it is a folder"
        } else {
          manager.isReadableFile(atPath: path) ? error.localizedDescription : "no permission to read it"
        }
      throw .notReadable(path, reason: reason)
    }
  }

  static func names(in folder: String) throws(RunFolderError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw .notReadable(folder, reason: obstacle(to: folder) ?? error.localizedDescription)
    }
  }

  /// - Throws: `RunFolderError` that says why.
  static func create(_ path: String) throws(RunFolderError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw .notAFolder(path) }
      return
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .notWritable(path, reason: obstacle(to: path) ?? error.localizedDescription)
    }
  }

  /// Foundation seldom says why: the nearest thing above that exists and is in the way.
  private static func obstacle(to path: String) -> String? {
    let manager = FileManager.default
    var url = URL(fileURLWithPath: path).standardizedFileURL
    let own = url.path
    var isFolder: ObjCBool = false
    while !manager.fileExists(atPath: url.path, isDirectory: &isFolder) && url.path != "/" {
      url.deleteLastPathComponent()
    }
    if !isFolder.boolValue { return url.path == own ? nil : "\(url.path) is a file" }
    return manager.isWritableFile(atPath: url.path) ? nil : "no permission to write in \(url.path)"
  }
}
