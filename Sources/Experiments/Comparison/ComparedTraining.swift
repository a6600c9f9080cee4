import Foundation
import Theory

/// The training that a comparison looks at: run for it, or read from a folder of `inflow train`.
struct ComparedTraining {
  struct Seed: Sendable {
    let seed: Int
    let table: TrajectoryTable
  }

  private enum Origin {
    case task(TrainingTask)
    case folder(RunFolder)
  }

  /// The experiment with the training section of the run that is compared.
  let experiment: Experiment
  /// What the run in the folder is found by; nil for one of the comparison's own.
  let content: String?
  private let origin: Origin

  /// - Throws: `ConfigurationError` when the folder's training cannot be compared with this experiment;
  ///   `RunFolderError` when the folder holds no training, or one that is not as it was left.
  init(_ experiment: Experiment, folder path: String?, levels: [TheoryLevel], threads: Int) throws {
    guard let path else {
      try experiment.configuration.checkComparable(levels)
      self.experiment = experiment
      content = nil
      origin = .task(try TrainingTask(experiment, threads: threads))
      return
    }
    let folder = try RunFolder(of: path)
    let stored = try StoredManifest(folder)
    let other = try Self.configuration(of: folder, stored)
    try experiment.configuration.checkSame(other, in: path)
    var configuration = experiment.configuration
    configuration.training = other.training
    try configuration.checkComparable(levels)
    self.experiment = try experiment.with(configuration)
    content = stored.content
    origin = .folder(folder)
  }

  /// The configuration of a folder of `inflow train` that is done and unchanged.
  private static func configuration(of folder: RunFolder, _ stored: StoredManifest) throws -> Configuration {
    func refuse(_ found: String, _ suggestion: String) -> ConfigurationError {
      ConfigurationError(
        .conflict, at: .file(folder[.manifest], line: nil), keyPath: "", found: found,
        allowed: "a run of inflow train that is done", suggestion: suggestion)
    }
    guard let kind = stored.kind, [.training, .seed].contains(kind) else {
      throw refuse("a run of inflow \(stored.command)", "--training takes a folder of inflow train")
    }
    guard stored.isDone else {
      throw refuse("training that is \(stored.status)", "inflow resume \(folder.path) goes on with it")
    }
    let configuration = try Configuration(contentsOf: folder[.configuration])
    try stored.check(configuration.identity(of: kind).content, in: folder)
    return configuration
  }

  /// Trajectories by seed; training that is run now is a run folder in `training/`.
  func tables(in folder: RunFolder, _ observers: RunObservers) throws -> [Seed] {
    let seeds = experiment.configuration.training?.seeds ?? []
    switch origin {
    case .folder(let training): return try Self.read(training, seeds)
    case .task(let task):
      let path = "\(folder.path)/training"
      _ = try task.run(at: path, .keep, observers.part("training"))
      return try Self.read(RunFolder(of: path), seeds)
    }
  }

  private static func read(_ folder: RunFolder, _ seeds: [Int]) throws -> [Seed] {
    let isSeed = try StoredManifest(folder).kind == .seed
    return try seeds.map { seed in
      Seed(seed: seed, table: try table(isSeed ? folder : RunFolder(of: folder.seed(seed))))
    }
  }

  /// The trajectory with the held-out loss's own error, of rows that belong together.
  private static func table(_ folder: RunFolder) throws -> TrajectoryTable {
    try StoredManifest(folder).checkFiles(in: folder)
    let trajectory = try TrajectoryTable(contentsOf: folder[.trajectory])
    let measurements = try TrajectoryTable(contentsOf: folder[.measurements], required: "standard-error")
    guard let errors = measurements["standard-error"], measurements["step"] == trajectory["step"] else {
      throw RunFolderError.damaged(
        folder[.measurements], problem: "rows of other steps than those of the trajectory")
    }
    return trajectory.adding(Overlay.heldOutError, errors)
  }
}
