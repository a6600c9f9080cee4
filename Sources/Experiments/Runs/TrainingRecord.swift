import Foundation
import InductionModel
import Transformer

/// Writes the training of one seed into its folder as it goes: rows at once, a checkpoint every few seconds.
final class TrainingRecord {
  private let folder: RunFolder
  private let model: DisentangledTransformer
  private let trajectory: TrajectoryFile
  private var measurements: TableFile?
  private var manifest: Manifest
  private var lastSave = Date()
  /// As last measured, on the held-out sequences.
  private(set) var loss: Double?
  private(set) var standardError: Double?

  private static let secondsBetweenBackups = 5.0

  /// A new run of one seed, whose configuration lists that seed alone.
  init(_ folder: RunFolder, _ model: DisentangledTransformer, _ configuration: Configuration, threads: Int)
    throws
  {
    self.folder = folder
    self.model = model
    manifest = try Manifest(command: "train", configuration, threads: threads)
    try folder.write(configuration.yaml(), to: .configuration)
    try folder.write(manifest.json.text, to: .manifest)
    trajectory = try TrajectoryFile(in: folder, model: model.definition, clock: .timeAndStep)
  }

  /// Goes on from a checkpoint: rows after it are dropped, as they will come again.
  ///
  /// - Throws: `RunFolderError.damaged` for files of another run.
  init(
    resuming folder: RunFolder, at checkpoint: TrainingCheckpoint, _ model: DisentangledTransformer,
    _ configuration: Configuration, _ stored: StoredManifest, threads: Int
  ) throws {
    self.folder = folder
    self.model = model
    manifest = try Manifest(command: "train", configuration, threads: threads, resuming: stored)
    let isBefore: (Int, [Substring]) -> Bool = { _, fields in
      Int(fields[1]).map { $0 <= checkpoint.step } ?? false
    }
    trajectory = try TrajectoryFile(
      resuming: folder, model: model.definition, clock: .timeAndStep, keeping: isBefore)
    let table = try TableFile(resuming: folder, .measurements, columns: nil, keeping: isBefore)
    measurements = table
    loss = trajectory.lastLoss
    standardError = table.lastKept.flatMap { Double($0[3]) }
    try folder.write(manifest.json.text, to: .manifest)
  }

  var wantsBackup: Bool { Date().timeIntervalSince(lastSave) > Self.secondsBetweenBackups }

  func add(_ row: TrainingRow) throws {
    try trajectory.append(time: row.time, step: row.step, loss: row.loss, row.parameters)
    if measurements == nil {
      measurements = try TableFile(
        in: folder, .measurements,
        columns: ["time", "step", "batch-loss", "standard-error"] + row.values.map(\.name))
    }
    let numbers = [row.batchLoss ?? .nan, row.standardError] + row.values.map(\.value)
    try measurements?.append(["\(row.time)", "\(row.step)"] + numbers.map { "\($0)" })
    (loss, standardError) = (row.loss, row.standardError)
  }

  /// The place to resume from, and the parameters there for readers.
  func save(_ checkpoint: TrainingCheckpoint) throws {
    let arena = try checkpoint.arena(model.blocks)
    try folder.write(Parameters(flat: arena, model: model.definition).json(model.definition), to: .parameters)
    try folder.write(
      TensorExport.safetensors(arena, of: model, metadata: ["step": "\(checkpoint.step)"]), to: .tensors)
    try folder.write(checkpoint.json(), to: .checkpoint)
    lastSave = Date()
  }

  /// One of the grid, which stays.
  func keep(_ checkpoint: TrainingCheckpoint) throws {
    try save(checkpoint)
    try folder.keepCheckpoint(checkpoint.json(), step: checkpoint.step)
  }

  func finish(_ status: Manifest.Status, _ summary: TrainingSummary) throws {
    try folder.write(summary.json.text, to: .summary)
    try close(status, steps: summary.end.step)
  }

  func fail(_ message: String, steps: Int) throws {
    manifest.failure = message
    try close(.failed, steps: steps)
  }

  private func close(_ status: Manifest.Status, steps: Int) throws {
    manifest.status = status
    manifest.counts.accepted = steps
    manifest.counts.evaluations = steps
    manifest.wallTime = manifest.elapsed
    try folder.write(manifest.json.text, to: .manifest)
  }
}
