import Foundation
import InductionModel
import ODESolvers
import Theory

/// Writes a run of the flow as it goes: rows at once, a checkpoint every few seconds, the rest at its end.
final class FlowRecord {
  /// Where the run goes on; nil for its start.
  let resumed: FlowCheckpoint?
  private let folder: RunFolder
  private let model: ModelDefinition
  private let trajectory: TrajectoryFile
  private var manifest: Manifest
  private var lastCheckpoint = Date()
  /// Of the last row.
  private(set) var loss: Double?

  private static let secondsBetweenCheckpoints = 5.0

  /// A new run.
  init(_ folder: RunFolder, _ experiment: Experiment, threads: Int) throws {
    self.folder = folder
    model = experiment.model
    resumed = nil
    manifest = try Manifest(command: "integrate", experiment.configuration, threads: threads)
    try folder.write(experiment.configuration.yaml(), to: .configuration)
    try folder.write(manifest.json.text, to: .manifest)
    trajectory = try TrajectoryFile(in: folder, model: model, clock: .time)
  }

  /// Goes on from the folder's checkpoint: rows after it are dropped, as they will come again.
  ///
  /// - Throws: `RunFolderError.damaged` for files of another run.
  init(resuming folder: RunFolder, _ experiment: Experiment, _ stored: StoredManifest, threads: Int) throws {
    self.folder = folder
    model = experiment.model
    let checkpoint = try FlowCheckpointFile(in: folder).resume
    resumed = checkpoint
    manifest = try Manifest(
      command: "integrate", experiment.configuration, threads: threads, resuming: stored)
    trajectory = try TrajectoryFile(
      resuming: folder, model: model, clock: .time, keeping: { row, _ in row < checkpoint.points })
    loss = trajectory.lastLoss
    try folder.write(manifest.json.text, to: .manifest)
  }

  func add(_ point: FlowPoint) throws {
    try trajectory.append(time: point.time, loss: point.loss, point.parameters)
    loss = point.loss
  }

  /// Saves where the run stands, if it has not been saved for a while.
  func offer(_ make: () throws -> (FlowPoint, FlowCheckpoint)) throws {
    guard Date().timeIntervalSince(lastCheckpoint) > Self.secondsBetweenCheckpoints else { return }
    let (point, checkpoint) = try make()
    try save(time: point.time, point.parameters, checkpoint)
  }

  func finish(_ status: Manifest.Status, _ summary: FlowSummary, _ counts: Counts) throws {
    let outcome = summary.outcome
    try save(time: outcome.time, outcome.parameters, outcome.resumePoint)
    try folder.write(summary.json.text, to: .summary)
    try close(status, counts)
  }

  func fail(_ failure: FlowFailure, _ message: String) throws {
    try save(time: failure.failure.time, failure.parameters, failure.resumePoint)
    manifest.failure = message
    try close(.failed, failure.counts)
  }

  private func close(_ status: Manifest.Status, _ counts: Counts) throws {
    manifest.status = status
    manifest.counts = counts
    manifest.wallTime = manifest.elapsed
    try folder.write(manifest.json.text, to: .manifest)
  }

  private func save(time: Double, _ parameters: Parameters, _ checkpoint: FlowCheckpoint) throws {
    lastCheckpoint = Date()
    try folder.write(
      FlowCheckpointFile(time: time, parameters, model, resume: checkpoint).json(), to: .checkpoint)
  }
}
