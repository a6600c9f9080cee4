import Foundation
import ODESolvers
import ParameterSpaces

/// Writes a run as it goes, be it flow or training: rows at once, a checkpoint every few seconds, the rest at its end.
final class RunRecord<State: Codable> {
  private let claim: RunClaim
  private let space: ParameterSpace
  private var manifest: Manifest
  private var tables: [RunFolder.File: TableFile] = [:]
  private var lastSave = Date()

  private static var secondsBetweenBackups: Double { 5 }

  /// Begins a run, or goes on with the one that is there: rows after its checkpoint are dropped, as they will come again.
  ///
  /// - Parameters:
  ///   - space: of the model that runs.
  ///   - remains: what is there to go on from.
  init(
    _ claim: RunClaim, _ configuration: Configuration, _ space: ParameterSpace, _ remains: RunRemains<State>?,
    threads: Int
  ) throws {
    self.claim = claim
    self.space = space
    manifest = try Manifest(claim.identity, configuration, threads: threads, resuming: claim.stored)
    manifest.hasCheckpoint = remains != nil
    try claim.begin(manifest, try configuration.yaml())
    for (file, mark) in remains?.tables ?? [:] {
      tables[file] = try TableFile(in: claim, file, resuming: mark)
    }
  }

  /// Makes sure that a table is there, if only its header; one that is gone on with stays.
  func open(_ file: RunFolder.File, columns: [String]) throws {
    guard tables[file] == nil else { return }
    tables[file] = try TableFile(in: claim, file, columns: columns)
  }

  /// A row of a table that is open.
  func append(_ fields: [String], to file: RunFolder.File) throws { try tables[file]?.append(fields) }

  /// Whether the last checkpoint is some seconds old.
  var wantsBackup: Bool { Date().timeIntervalSince(lastSave) > Self.secondsBetweenBackups }

  /// The place to resume from, and its parameters for readers.
  func save(_ place: RunPlace<State>) throws {
    var files = try self.files(of: place)
    if !manifest.hasCheckpoint {
      manifest.hasCheckpoint = true
      files.append((.manifest, Data(manifest.json.text.utf8)))
    }
    try claim.write(files)
    lastSave = Date()
  }

  /// One of the grid, which stays. It comes first: a run that is killed in between goes on from before it, and makes it again.
  func keep(_ place: RunPlace<State>) throws {
    for table in tables.values { try table.synchronize() }
    try claim.keepCheckpoint(checkpoint(place), step: place.step ?? 0)
    try save(place)
  }

  /// The end of the run, or where it was interrupted.
  func finish(_ status: Manifest.Status, at place: RunPlace<State>, _ summary: JSON, _ counts: Counts) throws
  {
    let files = try self.files(of: place) + [(.summary, Data(summary.text.utf8))]
    try close(status, counts, files)
  }

  /// The run has ended with an error.
  ///
  /// - Parameter place: the last good one, unless it has been saved.
  func stop(_ error: RunFailure, at place: RunPlace<State>? = nil, _ counts: Counts) throws {
    manifest.failure = error.description
    try close(RunFailure.status(after: error), counts, try place.map(files(of:)) ?? [])
  }

  private func close(_ status: Manifest.Status, _ counts: Counts, _ files: [(RunFolder.File, Data)]) throws {
    for table in tables.values {
      try table.synchronize()
      try table.close()
    }
    manifest.status = status
    manifest.counts = counts
    manifest.wallTime = manifest.elapsed
    manifest.hasCheckpoint = manifest.hasCheckpoint || files.contains { $0.0 == .checkpoint }
    manifest.files =
      try tables.map { ($0, FileProof(try $1.mark())) }.sorted { $0.0.rawValue < $1.0.rawValue }
      + files.map { ($0, FileProof($1)) }
    try claim.write(files + [(.manifest, Data(manifest.json.text.utf8))])
  }

  /// Tables reach the disk before the checkpoint that counts their rows.
  private func files(of place: RunPlace<State>) throws -> [(RunFolder.File, Data)] {
    for table in tables.values { try table.synchronize() }
    return place.files + [
      (.parameters, Data(space.file(place.parameters).utf8)), (.checkpoint, try checkpoint(place)),
    ]
  }

  private func checkpoint(_ place: RunPlace<State>) throws -> Data {
    try CheckpointFile(place, space, tables: tables.mapValues { try $0.mark(at: place.rows) }).json()
  }
}
