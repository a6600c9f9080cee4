import Foundation
import InductionModel
import MarkovChains
import ODESolvers
import Theory
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
  /// With the training section of the run that is compared.
  public let experiment: Experiment
  public let levels: [TheoryLevel]
  let request: ComparisonRequest
  /// S*; nil where the laws of the windows do not fit in memory.
  let informationSet: LagSet?
  /// L: the training length first, then the others at which the limit is measured.
  let contexts: [Int]
  private let training: ComparedTraining
  private let threads: Int

  /// Reads and checks everything, so that nothing is written before the input is known to be good.
  ///
  /// - Throws: `ConfigurationError` where theory and training cannot be compared, or for bad input.
  public init(_ experiment: Experiment, _ request: ComparisonRequest, threads: Int) throws {
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
    let experiment = training.experiment
    self.experiment = experiment
    let length = experiment.configuration.training?.context ?? shortest
    let others = request.contexts ?? [30, 100, 300, 1000].filter { $0 >= shortest }
    contexts = [length] + others.filter { $0 != length }
    try experiment.checkFreshSequences(contexts: contexts, count: request.sequences)
    if request.measuresLadder { _ = try Ladder(experiment, threads: threads) }
    let selected = try levels.map { try FlowRun(experiment.at($0), threads: threads).selected?.set }
    informationSet = selected.lazy.compactMap { $0 }.first ?? experiment.selectedSetInMemory(threads)
  }

  /// What a user should know before the comparison runs.
  public var warnings: [String] {
    experiment.configuration.warnings + experiment.configuration.stageWarnings
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
      let checkpoint = {
        guard observers.isInterrupted() else { return }
        throw RunFailure(
          .interruption, "interrupted while measuring; what was trained and integrated is in \(folder.path)")
      }
      var report = try ComparisonReport(
        self, theory: theory, seeds: seeds, threads: threads, checkpoint: checkpoint)
      try folder.write(Overlay.csv(report.overlays), to: .overlay)
      try folder.write(report.json.text, to: .summary)
      if request.measuresLadder {
        report.ladder = try Ladder(experiment, threads: threads).edges(
          progress: { observers.progress($0.rawValue, $1) }, checkpoint: checkpoint)
        try folder.write(report.json.text, to: .summary)
      }
      try close(.done)
      return report
    } catch let failure as RunFailure {
      try close(failure.isInterruption ? .interrupted : .failed, failure.description)
      throw failure
    } catch {
      let error = Self.failure(error)
      try close(.failed, InputError.describing(error) ?? "\(error)")
      throw error
    }
  }

  /// Integrations beside the flow itself fail as runs do.
  private static func failure(_ error: any Error) -> any Error {
    switch error {
    case let flow as FlowFailure: RunFailure(.failure, "while measuring: \(flow.message)")
    case let integration as IntegrationFailure: RunFailure(.failure, "while measuring: \(integration)")
    default: error
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
    // Sums of rates carry rounding of their own.
    let times = (own + measured).sorted().reduce(into: [Double]()) { times, time in
      guard let last = times.last, time - last <= 1e-9 * max(1, time) else { return times.append(time) }
    }
    configuration.theory.output = .times(times)
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
