import Foundation

/// The training that a comparison looks at: run for it, or read from a folder of `inflow train`.
struct ComparedTraining {
  struct Seed: Sendable {
    let seed: Int
    let table: TrajectoryTable
  }

  private enum Origin {
    case run(TrainingSeries)
    case folder(String, Configuration)
  }

  private let origin: Origin

  /// - Throws: `ConfigurationError` when the folder's training cannot be compared with this experiment.
  init(_ experiment: Experiment, folder: String?, levels: [TheoryLevel], threads: Int) throws {
    guard let folder else {
      try experiment.configuration.checkComparable(levels)
      origin = .run(try TrainingSeries(experiment, threads: threads))
      return
    }
    let other = try Configuration(contentsOf: "\(folder)/config.yaml")
    try experiment.configuration.checkSame(other, in: folder)
    var checked = experiment.configuration
    checked.training = other.training
    try checked.checkComparable(levels)
    origin = .folder(folder, other)
  }

  /// Trajectories by seed; training that is run now is a run folder in `training/`.
  func tables(in folder: RunFolder, _ observers: Comparison.Observers) throws -> [Seed] {
    switch origin {
    case .folder(let path, let configuration):
      return try Self.read(path, configuration.training?.seeds ?? [])
    case .run(let series):
      let inner = try RunFolder(creating: "\(folder.path)/training", existing: .replace)
      _ = try series.run(
        in: inner,
        .init(
          progress: { observers.progress("training, seed \($0.seed)", $0.fraction) },
          isInterrupted: observers.isInterrupted))
      return try Self.read(inner.path, series.training.training.seeds)
    }
  }

  private static func read(_ path: String, _ seeds: [Int]) throws -> [Seed] {
    try seeds.map { seed in
      let inner = seeds.count > 1 ? "\(path)/seed-\(seed)" : path
      return Seed(seed: seed, table: try table(inner))
    }
  }

  /// The trajectory with the held-out loss's own error, where it was written.
  private static func table(_ folder: String) throws -> TrajectoryTable {
    let trajectory = try TrajectoryTable(contentsOf: "\(folder)/trajectory.csv")
    let path = "\(folder)/measurements.csv"
    guard FileManager.default.fileExists(atPath: path),
      let measurements = try? TrajectoryTable(contentsOf: path, required: "standard-error"),
      let errors = measurements["standard-error"], errors.count >= trajectory.times.count
    else { return trajectory }
    return trajectory.adding(Overlay.heldOutError, Array(errors.prefix(trajectory.times.count)))
  }
}
