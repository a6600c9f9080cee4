import Foundation
import Transformer

/// What the folder of a training that was stopped holds to go on from.
struct TrainingRemains {
  let stored: StoredManifest
  private let folder: RunFolder
  private let kept: [(step: Int, path: String)]
  /// Rows of each table.
  private let tables: [(file: RunFolder.File, rows: [(step: Int, time: Double)])]

  /// Nil where the run has not got as far as a checkpoint, so that nothing is lost when it begins anew.
  ///
  /// - Throws: `RunFolderError` for a folder that has lost a file, or of another configuration.
  init?(_ folder: RunFolder, _ configuration: Configuration) throws {
    self.folder = folder
    kept = try folder.keptCheckpoints()
    guard folder.has(.checkpoint) || !kept.isEmpty else {
      guard try folder.has(.measurements) && TableFile.places(of: folder, .measurements).count > 1 else {
        return nil
      }
      throw RunFolderError.damaged(folder[.checkpoint], problem: "no checkpoint beside the rows of a run")
    }
    stored = try StoredManifest(folder)
    try stored.check(configuration, in: folder)
    tables = try [RunFolder.File.trajectory, .measurements].map { file in
      guard folder.has(file) else {
        throw RunFolderError.damaged(folder[file], problem: "no such file beside the run's checkpoints")
      }
      return (file, try TableFile.places(of: folder, file))
    }
  }

  /// Whether the run is at its end, with nothing to mend.
  var isDone: Bool { stored.isDone && folder.has(.checkpoint) }

  /// The run at the newest of its checkpoints up to which the tables have all their rows.
  ///
  /// - Parameter resumed: the run at a checkpoint.
  /// - Throws: `RunFolderError.damaged` where there is none; whatever `resumed` throws beside `TrainingError`.
  func run(
    _ resumed: (TrainingCheckpoint) throws -> TrainingRun<DisentangledTransformer>
  ) throws -> TrainingRun<DisentangledTransformer> {
    let lastRow = tables.map { $0.rows.last?.step ?? -1 }.min() ?? -1
    let older = kept.reversed().filter { $0.step <= lastRow }.map(\.path)
    let newest = folder.has(.checkpoint) ? [folder[.checkpoint]] : kept.suffix(1).map(\.path)
    for path in newest + older {
      let run = try read(path, resumed)
      if hole(before: run) == nil { return run }
    }
    let file = tables.first { $0.rows.last?.step ?? -1 <= lastRow }?.file ?? .measurements
    throw RunFolderError.damaged(folder[file], problem: "rows missing before the step of every checkpoint")
  }

  private func read(
    _ path: String, _ resumed: (TrainingCheckpoint) throws -> TrainingRun<DisentangledTransformer>
  ) throws -> TrainingRun<DisentangledTransformer> {
    do {
      return try resumed(TrainingCheckpoint(json: RunFolder.read(path)))
    } catch let error as TrainingError {
      throw RunFolderError.damaged(
        path, problem: "a checkpoint that this run cannot go on from: \(error)",
        remedy: path == folder[.checkpoint] ? kept.last.map { "copy \($0.path) over it" } : "remove it")
    }
  }

  /// The table that lacks the last row that was due before the run's checkpoint.
  private func hole(before run: TrainingRun<DisentangledTransformer>) -> RunFolder.File? {
    tables.first { table in
      guard let row = table.rows.last(where: { $0.step <= run.state.step }) else { return true }
      return !run.isLastMeasurement(step: row.step, time: row.time)
    }?.file
  }
}
