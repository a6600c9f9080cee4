import Foundation

/// What the folder of a run that was stopped holds to go on from: the newest of its checkpoints up to which the tables have
/// all their rows.
struct RunRemains<State: Codable> {
  let state: State
  let tables: [RunFolder.File: TableMark]

  /// nil where no run is there, or one that has not got as far as a checkpoint, so that little is lost when it begins anew.
  ///
  /// - Parameter accept: makes of a stored state the one to go on from, or throws.
  /// - Throws: `RunFolderError.damaged` for a folder that has lost a file or rows.
  init?(_ claim: RunClaim, _ accept: (State) throws -> State) throws {
    guard let stored = claim.stored else { return nil }
    let folder = claim.folder
    let kept = try folder.keptCheckpoints().reversed().map(\.path)
    let paths = (folder.has(.checkpoint) ? [folder[.checkpoint]] : []) + kept
    guard !paths.isEmpty else {
      guard !stored.hasCheckpoint else {
        throw RunFolderError.damaged(
          folder[.checkpoint], problem: "no such file beside the others of a run that has saved one")
      }
      return nil
    }
    var incomplete: RunFolder.File?
    for path in paths {
      let remedy =
        path == folder[.checkpoint] ? kept.first.map { "copy \($0) over it" } : "remove it"
      guard let file = CheckpointFile<State>(try RunFolder.read(path)) else {
        throw RunFolderError.damaged(
          path, problem: "no checkpoint of inflow \(stored.command)", remedy: remedy)
      }
      let tables = try Self.tables(file, path)
      if let first = try tables.first(where: { try !Self.holds($0.key, $0.value, folder) }) {
        incomplete = incomplete ?? first.key
        continue
      }
      do {
        state = try accept(file.resume)
      } catch let error where !(error is RunFolderError) {
        throw RunFolderError.damaged(
          path, problem: "a checkpoint that this run cannot go on from: \(error)", remedy: remedy)
      }
      self.tables = tables
      return
    }
    throw RunFolderError.damaged(
      folder[incomplete ?? .trajectory],
      problem: "rows that are missing or have changed before every checkpoint")
  }

  private static func tables(_ file: CheckpointFile<State>, _ path: String) throws -> [RunFolder.File:
    TableMark]
  {
    var tables: [RunFolder.File: TableMark] = [:]
    for (name, mark) in file.tables {
      guard let table = RunFolder.File(rawValue: name) else {
        throw RunFolderError.damaged(path, problem: "a table that no run has, \(name)")
      }
      tables[table] = mark
    }
    return tables
  }

  private static func holds(_ file: RunFolder.File, _ mark: TableMark, _ folder: RunFolder) throws -> Bool {
    guard folder.has(file) else {
      throw RunFolderError.damaged(folder[file], problem: "no such file beside the run's checkpoints")
    }
    return try StoredTable(folder, file).prefix(mark) != nil
  }
}
