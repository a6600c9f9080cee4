import Foundation
import InductionModel
import ODESolvers
import Transformer

/// The training that a comparison looks at: run for it, or read from a folder of `inflow train`.
struct ComparedTraining: Sendable {
  struct Seed: Sendable {
    let seed: Int
    let table: TrajectoryTable
  }

  private enum Origin: Sendable {
    case run(TrainingExperiment, seeds: [Int])
    case folder([Seed])
  }

  private let experiment: Experiment
  private let threads: Int
  private let origin: Origin

  init(_ experiment: Experiment, folder: String?, threads: Int) throws {
    self.experiment = experiment
    self.threads = threads
    guard let folder else {
      let training = try TrainingExperiment(experiment, threads: threads)
      origin = .run(training, seeds: training.training.seeds)
      return
    }
    let other = try Configuration(contentsOf: "\(folder)/config.yaml")
    try experiment.configuration.checkSame(other, in: folder)
    var checked = experiment.configuration
    checked.training = other.training
    try checked.checkComparable([])
    let seeds = try other.training?.seeds.map { seed in
      let inner = "\(folder)/seed-\(seed)"
      let path = FileManager.default.fileExists(atPath: inner) ? inner : folder
      return Seed(seed: seed, table: try TrajectoryTable(contentsOf: "\(path)/trajectory.csv"))
    }
    origin = .folder(seeds ?? [])
  }

  /// Trajectories by seed; those that are run now are written to `training/seed-N/`, side by side on the threads.
  func tables(in folder: RunFolder, _ observers: Comparison.Observers) throws -> [Seed] {
    switch origin {
    case .folder(let seeds): return seeds
    case .run(let training, let seeds):
      let atOnce = min(threads, seeds.count)
      let perRun = max(1, threads / atOnce)
      let progress = SharedProgress(parts: seeds.count)
      let results = Ensemble(threads: atOnce).map(seeds.count) { index in
        try table(of: seeds[index], training, in: folder, threads: perRun, observers) { fraction in
          observers.progress("training", progress.update(index, fraction))
        }
      }
      return try zip(seeds, results).map { Seed(seed: $0, table: try $1.get()) }
    }
  }

  private func table(
    of seed: Int, _ training: TrainingExperiment, in folder: RunFolder, threads: Int,
    _ observers: Comparison.Observers, progress: @escaping (Double) -> Void
  ) throws -> TrajectoryTable {
    let inner = try RunFolder(creating: "\(folder.path)/training/seed-\(seed)", existing: .replace)
    let file = try TrajectoryFile(in: inner, model: experiment.model, clock: .timeAndStep)
    let run = try TrainingRun(training.setup(seed: seed), pool: WorkerPool(threads: threads))
    let steps = Double(run.steps)
    let ending = try run.run(
      .init(
        progress: { step, _ in progress(Double(step) / steps) },
        measurement: { measurement in
          try file.append(
            time: measurement.time, step: measurement.step, loss: measurement.loss,
            Parameters(flat: measurement.parameters, model: experiment.model))
        }, shouldStop: observers.isInterrupted))
    guard ending == .done else {
      throw RunFailure(.interruption, "interrupted in training; the rows so far are in \(inner.path)")
    }
    return try TrajectoryTable(contentsOf: inner[.trajectory])
  }
}

/// Fractions of parts that go on side by side, as one.
private final class SharedProgress: @unchecked Sendable {
  private let lock = NSLock()
  private var fractions: [Double]

  init(parts: Int) { fractions = Array(repeating: 0, count: parts) }

  func update(_ part: Int, _ fraction: Double) -> Double {
    lock.withLock {
      fractions[part] = fraction
      return fractions.reduce(0, +) / Double(fractions.count)
    }
  }
}
