import Foundation

/// A run that gives way to a new one: set aside in a hidden folder until the new one stands. After a kill in between it is
/// put back, or removed, by the next process that claims the folder.
struct ReplacedRun {
  private static let name = ".replaced"
  private let folder: RunFolder

  init(in folder: RunFolder) { self.folder = folder }

  private var place: String { "\(folder.path)/\(Self.name)" }

  /// Finishes what a killed process has begun.
  static func recover(in folder: RunFolder) throws {
    let run = ReplacedRun(in: folder)
    guard FileManager.default.fileExists(atPath: run.place) else { return }
    if folder.has(.manifest) { try run.remove() } else { try run.putBack() }
  }

  func setAside() throws {
    try RunFolder.create(place)
    // The manifest last: as long as it is there, the run is.
    let names = try RunFolder.names(in: folder.path).filter(Self.isOfARun)
    for name in names.filter({ $0 != RunFolder.File.manifest.rawValue }) + [RunFolder.File.manifest.rawValue]
    where names.contains(name) {
      try move("\(folder.path)/\(name)", to: "\(place)/\(name)")
    }
  }

  func putBack() throws {
    let names = try RunFolder.names(in: place)
    for name in names { try move("\(place)/\(name)", to: "\(folder.path)/\(name)") }
    rmdir(place)
  }

  /// Files that are no run's stay where they were.
  func remove() throws {
    try Self.removeRun(in: place)
    try restoreForeign(in: "")
  }

  private func move(_ from: String, to: String) throws(RunFolderError) {
    guard rename(from, to) == 0 else { throw .system(to) }
  }

  /// What is left in the hidden folder goes back to its place.
  private func restoreForeign(in inner: String) throws {
    let source = "\(place)\(inner)"
    for name in try RunFolder.names(in: source) {
      let (from, to) = ("\(source)/\(name)", "\(folder.path)\(inner)/\(name)")
      if FileManager.default.fileExists(atPath: to) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: from, isDirectory: &isFolder), isFolder.boolValue else {
          continue
        }
        try restoreForeign(in: "\(inner)/\(name)")
      } else {
        try move(from, to: to)
      }
    }
    rmdir(source)
  }

  // MARK: What is a run's

  private static let folders: Set<String> = ["checkpoints", "theory", "training", MeasuredRuns.folder]

  private static func isOfARun(_ name: String) -> Bool {
    RunFolder.File(rawValue: name) != nil || folders.contains(name) || isSeed(name)
  }

  private static func isSeed(_ name: String) -> Bool {
    name.hasPrefix("seed-") && Int(name.dropFirst(5)) != nil
  }

  /// Removes the files of runs and the folders that are empty then.
  private static func removeRun(in path: String) throws {
    for name in try RunFolder.names(in: path) {
      let inner = "\(path)/\(name)"
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: inner, isDirectory: &isFolder) else { continue }
      if isFolder.boolValue {
        try removeRun(in: inner)
        rmdir(inner)
      } else if RunFolder.File(rawValue: name) != nil || isCheckpoint(name) || name.hasPrefix(".") {
        unlink(inner)
      }
    }
  }

  private static func isCheckpoint(_ name: String) -> Bool {
    name.hasPrefix("step-") && name.hasSuffix(".json")
  }
}
