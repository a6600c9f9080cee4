import Foundation
import InductionModel

/// Where the runs behind a figure are made: a folder for them, which vanishes when the figure stands, and which an interrupted
/// figure is gone on with from.
public struct FigureWorkshop: Sendable {
  public let extent: FigureExtent
  /// YAML.
  public let configuration: String
  public let threads: Int
  let folder: String
  private let observers: RunObservers

  init(
    _ figure: any Figure, _ extent: FigureExtent, in folder: String, threads: Int, _ observers: RunObservers
  ) {
    self.extent = extent
    self.folder = folder
    self.threads = threads
    self.observers = observers
    configuration = figure.configuration(extent)
  }

  /// Between parts that are too short to be resumed.
  ///
  /// - Parameter fraction: of the figure, done.
  /// - Throws: `RunFailure` when interrupted.
  func report(_ fraction: Double) throws {
    observers.progress(RunProgress(fraction: fraction) { "" })
    if observers.isInterrupted() { throw RunFailure(.interruption, "interrupted") }
  }

  /// - Parameter overrides: such as `source.prior.dirichlet=0.1`.
  func experiment(_ overrides: [Override] = []) throws -> Experiment {
    try Experiment(
      Configuration(
        yaml: configuration, named: "figure", folder: URL(fileURLWithPath: folder), overrides: overrides))
  }
}

/// The configuration as one run.
extension FigureWorkshop {
  /// Compares theory with training.
  func comparison(_ request: ComparisonRequest) throws -> ComparisonReport {
    try run(Comparison(experiment(), request, threads: threads), in: "comparison")
  }

  /// Measures models, ablations and estimators side by side.
  func baselines(_ request: BaselinesRequest) throws -> BaselinesReport {
    try run(Baselines(experiment(), request, threads: threads), in: "baselines")
  }

  /// Integrates the flow.
  ///
  /// - Returns: where it ended, and its rows.
  func flow() throws -> (end: Parameters, rows: TrajectoryTable) {
    let end = try run(FlowTask(experiment(), threads: threads), in: "flow").parameters
    return (end, try TrajectoryTable(contentsOf: RunFolder(of: "\(folder)/flow")[.trajectory]))
  }

  /// Trains over the seeds.
  ///
  /// - Returns: of each seed where it ended, and its rows.
  func training() throws -> [(end: [Double], rows: TrajectoryTable)] {
    let summaries = try run(TrainingTask(experiment(), threads: threads), in: "training")
    let whole = try RunFolder(of: "\(folder)/training")
    return try summaries.map { summary in
      let seed = try RunFolder(of: whole.seed(summary.seed))
      return (summary.selection.point, try TrajectoryTable(contentsOf: seed[.trajectory]))
    }
  }

  private func run<Task: RunTask>(_ task: Task, in name: String) throws -> Task.Summary {
    let place = "\(folder)/\(name)"
    do {
      return try task.run(at: place, .keep, observers)
    } catch RunFolderError.otherRun, RunFolderError.damaged, RunFolderError.exists {
      // Left over from an older version of the figure.
      return try task.run(at: place, .replace, observers)
    }
  }
}

/// The configuration as a sweep.
extension FigureWorkshop {
  /// One cell: a run and what it came to.
  struct Cell {
    /// Of the axes' keys, as YAML on one line.
    let values: [String]
    let configuration: Configuration
    let summary: JSON
    /// What the run has cost: `counts` of its manifest.
    let counts: JSON
  }

  /// What becomes of a figure whose cells fail.
  enum Failures {
    /// It fails: what the others say would be another figure.
    case fatal
    /// They are left out, as what the figure shows.
    case absent
  }

  /// - Returns: the cells that are done, in their order.
  /// - Throws: `RunFailure`.
  func cells(_ failures: Failures = .fatal) throws -> [Cell] {
    try withSweep { sweep in
      try (1...sweep.definition.count).compactMap { number in
        let cell = try sweep.cell(number)
        switch try cell.standing() {
        case .done(let run, let stored):
          guard let summary = try cell.summaries(run, stored).first,
            let counts = try JSON(parsing: run.read(.manifest))["counts"]
          else { throw RunFailure(.failure, "\(run.path): no summary of a run") }
          return Cell(
            values: sweep.definition.values(ofCell: number).map(\.value), configuration: cell.configuration,
            summary: summary, counts: counts)
        case .failed(let message):
          guard failures == .absent else { throw RunFailure(.failure, message) }
          return nil
        case .absent, .unfinished, .running: throw RunFailure(.failure, "cell \(number) has not run")
        }
      }
    }
  }

  /// - Returns: means over seeds, in the order of the cells.
  /// - Throws: `RunFailure`, also where a cell fails.
  func sweepMeans() throws -> [SweepMean] {
    try withSweep { sweep in
      var means: [SweepMean] = []
      let problems = try sweep.forEachMean { means.append($0) }
      if let failure = means.lazy.compactMap(\.failure).first { throw RunFailure(.failure, failure) }
      if let problem = problems.first { throw problem }
      return means
    }
  }

  /// Runs all cells first.
  private func withSweep<Outcome>(_ gather: (Sweep) throws -> Outcome) throws -> Outcome {
    let definition = try SweepDefinition(yaml: configuration, named: "figure")
    let claim = try SweepClaim(definition, in: folder, .succeed)
    defer { claim.release() }
    try claim.sweep.run(again: .failed, threads: threads, observers)
    return try gather(claim.sweep)
  }
}
