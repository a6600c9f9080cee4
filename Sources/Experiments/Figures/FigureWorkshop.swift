import Foundation

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

  /// Runs the configuration as a sweep.
  ///
  /// - Returns: its means over seeds, in the order of its cells.
  /// - Throws: `RunFailure`, also where a cell fails: a mean over the others would be another figure.
  func sweepMeans() throws -> [SweepMean] {
    let definition = try SweepDefinition(yaml: configuration, named: "figure")
    let claim = try SweepClaim(definition, in: folder, .succeed)
    defer { claim.release() }
    try claim.sweep.run(again: .failed, threads: threads, observers)
    var means: [SweepMean] = []
    let problems = try claim.sweep.forEachMean { means.append($0) }
    if let failure = means.lazy.compactMap(\.failure).first { throw RunFailure(.failure, failure) }
    if let problem = problems.first { throw problem }
    return means
  }

  /// Runs the configuration as a comparison of theory with training.
  func comparison(_ request: ComparisonRequest) throws -> ComparisonReport {
    let task = try Comparison(experiment(), request, threads: threads)
    do {
      return try task.run(at: folder, .keep, observers)
    } catch RunFolderError.otherRun, RunFolderError.damaged, RunFolderError.exists {
      // Left over from an older version of the figure.
      return try task.run(at: folder, .replace, observers)
    }
  }

  /// - Parameter overrides: such as `source.prior.dirichlet=0.1`.
  func experiment(_ overrides: [Override] = []) throws -> Experiment {
    try Experiment(
      Configuration(
        yaml: configuration, named: "figure", folder: URL(fileURLWithPath: folder), overrides: overrides))
  }
}
