import Foundation
import InductionModel
import ODESolvers
import Theory

/// Writes a run of the flow as it goes: rows at once, a checkpoint every few seconds, the rest at its end.
final class FlowRecord {
  private let folder: RunFolder
  private let model: ModelDefinition
  private let trajectory: TrajectoryFile
  private var manifest: Manifest
  private var lastCheckpoint = Date()
  private(set) var last: FlowPoint?

  private static let secondsBetweenCheckpoints = 5.0

  init(_ folder: RunFolder, _ experiment: Experiment, threads: Int) throws {
    self.folder = folder
    model = experiment.model
    manifest = try Manifest(command: "integrate", experiment.configuration, threads: threads)
    try folder.write(experiment.configuration.yaml(), to: .configuration)
    try folder.write(manifest.json.text, to: .manifest)
    trajectory = try TrajectoryFile(in: folder, model: model, clock: .time)
  }

  func add(_ point: FlowPoint) throws {
    try trajectory.append(time: point.time, loss: point.loss, point.parameters)
    last = point
    if Date().timeIntervalSince(lastCheckpoint) > Self.secondsBetweenCheckpoints {
      try writeCheckpoint(time: point.time, point.parameters)
    }
  }

  func finish(_ status: Manifest.Status, _ summary: FlowSummary, _ counts: Counts) throws {
    try writeCheckpoint(time: summary.outcome.time, summary.outcome.parameters)
    try folder.write(summary.json.text, to: .summary)
    try close(status, counts)
  }

  func fail(_ failure: FlowFailure, _ message: String) throws {
    try writeCheckpoint(time: failure.failure.time, failure.parameters)
    manifest.failure = message
    try close(.failed, failure.counts)
  }

  private func close(_ status: Manifest.Status, _ counts: Counts) throws {
    manifest.status = status
    manifest.counts = counts
    manifest.wallTime = manifest.elapsed
    try folder.write(manifest.json.text, to: .manifest)
  }

  private func writeCheckpoint(time: Double, _ parameters: Parameters) throws {
    lastCheckpoint = Date()
    let json = JSON.object([
      "format": .integer(Configuration.format), "time": .number(time),
      "parameters": parameters.json(as: model),
    ])
    try folder.write(json.text, to: .checkpoint)
  }
}
