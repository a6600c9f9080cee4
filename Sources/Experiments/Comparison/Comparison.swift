import Foundation
import InductionModel
import MarkovChains
import ODESolvers
import Transformer

/// What a comparison is asked for beside its configuration.
public struct ComparisonRequest: Sendable {
  /// nil for the configuration's own.
  public var levels: [TheoryLevel]?
  /// A folder of `inflow train` to read instead of training anew.
  public var training: String?
  /// Other lengths L at which the limit is measured; nil for those of 30, 100, 300 and 1000 that have a key.
  public var contexts: [Int]?
  /// Fresh sequences for each length, and their seed.
  public var sequences = 2048
  public var seed = 7
  /// Whether every arrow of the ladder is measured too.
  public var measuresLadder = false
  public var thresholds = LimitThresholds()

  public init() {}
}

/// Theory at some levels and training over several seeds from the same start, on one time axis.
public struct Comparison {
  public let experiment: Experiment
  public let levels: [TheoryLevel]
  let request: ComparisonRequest
  private let training: ComparedTraining
  private let threads: Int

  /// Reads and checks everything, so that nothing is written before the input is known to be good.
  ///
  /// - Throws: `ConfigurationError` where theory and training cannot be compared, or for bad input.
  public init(_ experiment: Experiment, _ request: ComparisonRequest, threads: Int) throws {
    self.experiment = experiment
    self.request = request
    self.threads = threads
    let shortest = experiment.model.shortestContext
    if let short = request.contexts?.first(where: { $0 < shortest }) {
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "length", found: "\(short)",
        allowed: "at least \(shortest), so that a key has a complete window")
    }
    levels = request.levels ?? [experiment.configuration.theory.level]
    training = try ComparedTraining(
      experiment, folder: request.training, levels: levels, threads: threads)
    for level in levels { _ = try FlowRun(experiment.at(level), threads: threads) }
  }

  /// What the caller sees of a comparison while it lasts.
  public struct Observers: Sendable {
    public var progress: @Sendable (_ part: String, _ fraction: Double) -> Void
    public var isInterrupted: @Sendable () -> Bool

    public init(
      progress: @escaping @Sendable (_ part: String, _ fraction: Double) -> Void = { _, _ in },
      isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) {
      self.progress = progress
      self.isInterrupted = isInterrupted
    }
  }

  /// Trains, integrates and measures into the folder.
  ///
  /// - Throws: `RunFailure`; what was finished before is in the folder.
  public func run(in folder: RunFolder, _ observers: Observers) throws -> ComparisonReport {
    var manifest = try Manifest(command: "compare", experiment.configuration, threads: threads)
    try folder.write(experiment.configuration.yaml(), to: .configuration)
    try folder.write(manifest.json.text, to: .manifest)
    func close(_ status: Manifest.Status, _ failure: String? = nil) throws {
      manifest.status = status
      manifest.failure = failure
      manifest.wallTime = manifest.elapsed
      try folder.write(manifest.json.text, to: .manifest)
    }
    do {
      let seeds = try training.tables(in: folder, observers)
      let theory = try levels.map { level in
        (level: level, table: try integrate(level, at: seeds.map(\.table), in: folder, observers))
      }
      var report = try ComparisonReport(self, theory: theory, seeds: seeds, threads: threads)
      if request.measuresLadder {
        report.ladder = try Ladder(experiment, threads: threads).edges { name, fraction in
          observers.progress(name.rawValue, fraction)
        }
      }
      try folder.write(Overlay.csv(report.overlays), to: .overlay)
      try folder.write(report.json.text, to: .summary)
      try close(.done)
      return report
    } catch let failure as RunFailure {
      try close(failure.isInterruption ? .interrupted : .failed, failure.description)
      throw failure
    } catch {
      try close(.failed, InputError.describing(error) ?? "\(error)")
      throw error
    }
  }

  /// The flow with rows at its own times and at those of training.
  private func integrate(
    _ level: TheoryLevel, at seeds: [TrajectoryTable], in folder: RunFolder, _ observers: Observers
  ) throws -> TrajectoryTable {
    var configuration = experiment.configuration
    let cap = configuration.theory.timeCap
    let own = configuration.theory.output.times(until: cap) ?? []
    let measured = seeds.flatMap(\.times).filter { $0 <= cap * (1 + 1e-12) }.map { min($0, cap) }
    configuration.theory.output = .times(Set(own + measured).sorted())
    configuration.theory.level = level
    let inner = try RunFolder(creating: "\(folder.path)/theory/\(level.rawValue)", existing: .replace)
    _ = try FlowRun(Experiment(configuration), threads: threads).run(
      in: inner, progress: { fraction, _ in observers.progress(level.rawValue, fraction) },
      isInterrupted: observers.isInterrupted)
    return try TrajectoryTable(contentsOf: inner[.trajectory])
  }
}

extension Experiment {
  /// The same with another level of theory.
  func at(_ level: TheoryLevel) throws -> Experiment {
    var configuration = configuration
    configuration.theory.level = level
    return try Experiment(configuration)
  }
}
