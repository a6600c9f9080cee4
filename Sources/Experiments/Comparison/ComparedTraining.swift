import Foundation

/// The training that a comparison looks at: run for it, or read from a folder of `inflow train`.
struct ComparedTraining {
  struct Seed: Sendable {
    let seed: Int
    let table: TrajectoryTable
  }

  private enum Origin {
    case run(TrainingSeries)
    case folder([Seed])
  }

  /// The experiment with the training section of the run that is compared.
  let experiment: Experiment
  private let origin: Origin

  /// - Throws: `ConfigurationError` when the folder's training cannot be compared with this experiment;
  ///   `RunFolderError` when the folder holds no training, or one that is not as it was left.
  init(_ experiment: Experiment, folder: String?, levels: [TheoryLevel], threads: Int) throws {
    guard let folder else {
      try experiment.configuration.checkComparable(levels)
      self.experiment = experiment
      origin = .run(try TrainingSeries(experiment, threads: threads))
      return
    }
    let other = try Self.configuration(of: RunFolder(of: folder))
    try experiment.configuration.checkSame(other, in: folder)
    var configuration = experiment.configuration
    configuration.training = other.training
    try configuration.checkComparable(levels)
    self.experiment = try Experiment(configuration)
    origin = .folder(try Self.read(folder, other.training?.seeds ?? []))
  }

  /// The configuration of a folder of `inflow train` that is done and unchanged.
  private static func configuration(of folder: RunFolder) throws -> Configuration {
    let manifest = try StoredManifest(folder)
    func refuse(_ found: String, _ suggestion: String) -> ConfigurationError {
      ConfigurationError(
        .conflict, at: .file(folder[.manifest], line: nil), keyPath: "", found: found,
        allowed: "a run of inflow train that is done", suggestion: suggestion)
    }
    guard manifest.command == "train" else {
      throw refuse("a run of inflow \(manifest.command)", "--training takes a folder of inflow train")
    }
    guard manifest.isDone else {
      throw refuse("training that is \(manifest.status)", "inflow resume \(folder.path) goes on with it")
    }
    let configuration = try Configuration(contentsOf: folder[.configuration])
    try manifest.check(configuration, in: folder)
    return configuration
  }

  /// Trajectories by seed; training that is run now is a run folder in `training/`.
  func tables(in folder: RunFolder, _ observers: Comparison.Observers) throws -> [Seed] {
    switch origin {
    case .folder(let seeds): return seeds
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
