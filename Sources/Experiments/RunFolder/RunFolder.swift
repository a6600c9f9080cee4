import Foundation

/// A folder that one run writes: what is in it at any moment is whole, so that a killed run stays readable.
public struct RunFolder: Sendable {
  /// The files of a run.
  public enum File: String, CaseIterable, Sendable {
    case configuration = "config.yaml"
    case manifest = "manifest.json"
    case trajectory = "trajectory.csv"
    case measurements = "measurements.csv"
    case overlay = "overlay.csv"
    case summary = "summary.json"
    case checkpoint = "checkpoint.json"
    case parameters = "parameters.json"
    case tensors = "parameters.safetensors"
  }

  /// What happens to a run that is there already.
  public enum Existing: Sendable {
    case refuse
    /// The files of the old run are removed, others are left alone.
    case replace
  }

  public let path: String

  /// Creates the folder, and those above it, and makes sure that it can be written.
  ///
  /// - Throws: `RunFolderError`; then nothing has changed.
  public init(creating path: String, existing: Existing) throws {
    self.path = path
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    if manager.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw RunFolderError.notAFolder(path) }
      let isEmpty = try Self.attempting(path) { try manager.contentsOfDirectory(atPath: path).isEmpty }
      guard isEmpty || existing == .replace else { throw RunFolderError.exists(path) }
    }
    try Self.attempting(path) {
      try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
      try write("", to: .manifest)
    }
    try removeRun()
  }

  /// The folder of a run that is there.
  ///
  /// - Throws: `RunFolderError.notARun` where there is none.
  public init(of path: String) throws {
    self.path = path
    for file in [File.configuration, .manifest] where !FileManager.default.fileExists(atPath: self[file]) {
      throw RunFolderError.notARun(path, missing: file.rawValue)
    }
  }

  /// The path of a file.
  public subscript(file: File) -> String { "\(path)/\(file.rawValue)" }

  public func has(_ file: File) -> Bool { FileManager.default.fileExists(atPath: self[file]) }

  /// A file as it stands.
  ///
  /// - Throws: `RunFolderError.notReadable`.
  public func read(_ file: File) throws -> Data { try Self.read(self[file]) }

  static func read(_ path: String) throws -> Data {
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
      throw RunFolderError.notReadable(path, reason: reason)
    }
  }

  /// Writes a whole file beside the old one, then puts it in its place: readers see either, never a part.
  public func write(_ text: String, to file: File) throws { try write(Data(text.utf8), to: file) }

  public func write(_ data: Data, to file: File) throws {
    try Self.attempting(self[file]) {
      try data.write(to: URL(fileURLWithPath: self[file]), options: .atomic)
    }
  }

  /// The folder's files and those of the seeds in it.
  private func removeRun() throws {
    let manager = FileManager.default
    for file in File.allCases where has(file) {
      try Self.attempting(path) { try manager.removeItem(atPath: self[file]) }
    }
    if manager.fileExists(atPath: checkpoints) {
      try Self.attempting(checkpoints) {
        for name in try manager.contentsOfDirectory(atPath: checkpoints)
        where name.hasPrefix("step-") && name.hasSuffix(".json") {
          try manager.removeItem(atPath: "\(checkpoints)/\(name)")
        }
      }
      try Self.removeIfEmpty(checkpoints)
    }
    for name in try Self.attempting(path, { try manager.contentsOfDirectory(atPath: path) }) {
      guard name.hasPrefix("seed-"), Int(name.dropFirst(5)) != nil else { continue }
      let inner = RunFolder(unchecked: "\(path)/\(name)")
      try inner.removeRun()
      try Self.removeIfEmpty(inner.path)
    }
  }

  private static func removeIfEmpty(_ path: String) throws {
    try attempting(path) {
      let manager = FileManager.default
      if try manager.contentsOfDirectory(atPath: path).isEmpty { try manager.removeItem(atPath: path) }
    }
  }

  private init(unchecked path: String) { self.path = path }

  /// Where the checkpoints of the grid are kept.
  public var checkpoints: String { "\(path)/checkpoints" }

  /// Keeps the checkpoint of one step of training.
  func keepCheckpoint(_ data: Data, step: Int) throws {
    let digits = "\(step)"
    let name = "step-\(String(repeating: "0", count: max(0, 9 - digits.count)))\(digits).json"
    try Self.attempting(checkpoints) {
      try FileManager.default.createDirectory(atPath: checkpoints, withIntermediateDirectories: true)
      try data.write(to: URL(fileURLWithPath: "\(checkpoints)/\(name)"), options: .atomic)
    }
  }

  /// The checkpoints that are kept, by their steps, ascending.
  ///
  /// - Throws: `RunFolderError.notReadable`.
  func keptCheckpoints() throws -> [(step: Int, path: String)] {
    guard FileManager.default.fileExists(atPath: checkpoints) else { return [] }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: checkpoints)
    } catch {
      throw RunFolderError.notReadable(checkpoints, reason: error.localizedDescription)
    }
    return names.compactMap { name in
      guard name.hasPrefix("step-"), name.hasSuffix(".json"), let step = Int(name.dropFirst(5).dropLast(5))
      else { return nil }
      return (step, "\(checkpoints)/\(name)")
    }.sorted { $0.step < $1.step }
  }

  static func attempting<Value>(_ path: String, _ body: () throws -> Value) throws(RunFolderError) -> Value {
    do {
      return try body()
    } catch let error as RunFolderError {
      throw error
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

/// A folder that a run cannot be written to, or gone on with.
public enum RunFolderError: Error, Equatable, Sendable {
  case exists(String)
  case notAFolder(String)
  case fileExists(String)
  case notWritable(String, reason: String)
  case notReadable(String, reason: String)
  case notARun(String, missing: String)
  case notResumable(String, command: String)
  /// - Parameter remedy: nil for starting anew.
  case damaged(String, problem: String, remedy: String? = nil)
}

extension RunFolderError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exists(let path):
      "\(path): found a folder that is not empty; allowed: a new or empty folder; choose another --out, or "
        + "--force to overwrite the run in it"
    case .notAFolder(let path):
      "\(path): found a file; allowed: a new or empty folder; choose another --out"
    case .fileExists(let path):
      "\(path): found a file; allowed: a name that is not taken; choose another --out, or --force to overwrite it"
    case .notWritable(let path, let reason):
      "\(path): cannot be written (\(reason)); allowed: a folder that this user may create and write, "
        + "with room on its disk"
    case .notReadable(let path, let reason):
      "\(path): cannot be read (\(reason)); allowed: a file of the run that this user may read"
    case .notARun(let path, let missing):
      "\(path): found no \(missing); allowed: the folder of a run that inflow integrate or train has begun"
    case .notResumable(let path, let command):
      "\(path): found a run of inflow \(command); allowed: a run of inflow integrate or train"
    case .damaged(let path, let problem, let remedy):
      "\(path): found \(problem); allowed: the file as the run left it; "
        + (remedy.map { "\($0), or " } ?? "") + "start the run anew with --force"
    }
  }
}
