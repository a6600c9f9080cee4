import Flows
import Foundation
import InductionModel
import MarkovChains
import ODESolvers
import Theory
import Transformer

/// Theory at some levels and training over several seeds from the same start, on one time axis.
public struct Comparison: RunTask {
  /// With the training section of the run that is compared.
  public let experiment: Experiment
  public let identity: RunIdentity
  let request: ComparisonRequest
  /// S*; nil where the laws of the windows do not fit in memory.
  let selected: SelectedSet?
  /// L: the training length first, then the others at which the limit is measured.
  let contexts: [Int]
  private let flows: [(level: TheoryLevel, task: FlowTask)]
  private let training: ComparedTraining
  private let ladder: Ladder?
  private let threads: Int

  /// Reads, checks and derives everything.
  ///
  /// - Throws: `ConfigurationError` where theory and training cannot be compared, or for bad input.
  public init(_ experiment: Experiment, _ request: ComparisonRequest, threads: Int) throws {
    self.request = request
    self.threads = threads
    let shortest = max(experiment.model.shortestContext, experiment.trainable.shortestSequence - 1)
    _ = try experiment.start
    if let short = request.contexts?.first(where: { $0 < shortest }) {
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "length", found: "\(short)",
        allowed: "at least \(shortest), so that a key has a complete window")
    }
    let architecture = experiment.configuration.architecture
    if request.measuresLadder, architecture.definition.theory != .own {
      throw ConfigurationError(
        .conflict, at: .configuration, keyPath: "--ladder", found: "model.architecture \(architecture.name)",
        allowed: "\(Architectures.standard.name), whose arrows from training to theory are measured",
        suggestion: "leave out --ladder, or --set model.architecture=\(Architectures.standard.name)")
    }
    let levels = request.levels ?? [experiment.configuration.theory.level]
    training = try ComparedTraining(
      experiment, folder: request.training, levels: levels, threads: threads)
    let experiment = training.experiment
    self.experiment = experiment
    let length = experiment.configuration.training?.context ?? shortest
    let others = request.contexts ?? [30, 100, 300, 1000].filter { $0 >= shortest }
    contexts = [length] + others.filter { $0 != length }
    try experiment.checkFreshSequences(contexts: contexts, count: request.sequences)
    ladder = try request.measuresLadder ? Ladder(experiment, threads: threads) : nil
    flows = try levels.map { level in
      var configuration = experiment.configuration
      configuration.theory.level = level
      return (level, try FlowTask(experiment.with(configuration), threads: threads))
    }
    selected =
      flows.lazy.compactMap { $0.task.selected }.first
      ?? experiment.selectedSet(worth: .report, threads: threads)
    identity = try experiment.configuration.identity(
      of: .comparison, request: request.identity(training: training.content))
  }

  /// What a user should know before the comparison runs.
  public var warnings: [String] {
    experiment.configuration.warnings + experiment.configuration.stageWarnings
  }

  /// Trains, integrates and measures into the folder.
  ///
  /// - Throws: `RunFailure`; what was finished before is in the folder.
  public func run(in claim: RunClaim, _ observers: RunObservers) throws -> ComparisonReport {
    let folder = claim.folder
    if let stored = claim.stored, stored.isDone {
      try stored.checkFiles(in: folder)
      return try report(in: folder, observers)
    }
    var record = try OuterRecord(claim, experiment.configuration, request: request.json, threads: threads)
    return try record.fill {
      do {
        let report = try report(in: folder, observers)
        return (report, [(.overlay, Overlay.csv(report.overlays)), (.summary, report.json.text)], 0)
      } catch {
        throw Self.failure(error)
      }
    }
  }

  /// Runs what is not there yet, and measures.
  private func report(in folder: RunFolder, _ observers: RunObservers) throws -> ComparisonReport {
    let seeds = try training.tables(in: folder, observers)
    let theory = try flows.map { level, task in
      let path = "\(folder.path)/theory/\(level.rawValue)"
      let summary = try task.reporting(output(at: seeds.map(\.table)))
        .run(at: path, .keep, observers.part(level.rawValue))
      let table = try TrajectoryTable(contentsOf: RunFolder(of: path)[.trajectory])
      return ComparedFlow(level: level, table: table, range: summary.range)
    }
    let checkpoint = {
      guard observers.isInterrupted() else { return }
      throw RunFailure.interruption(at: "the measuring", in: folder)
    }
    var report = try ComparisonReport(
      self, theory: theory, seeds: seeds, threads: threads, checkpoint: checkpoint)
    if let ladder {
      report.ladder = try ladder.edges(
        progress: { name, fraction in observers.progress(RunProgress(fraction: fraction) { name.rawValue }) },
        checkpoint: checkpoint)
    }
    return report
  }

  /// Integrations beside the flow itself fail as runs do.
  private static func failure(_ error: any Error) -> any Error {
    switch error {
    case let flow as FlowFailure: RunFailure(.failure, "while measuring: \(flow.message)")
    case let integration as IntegrationFailure: RunFailure(.failure, "while measuring: \(integration)")
    default: error
    }
  }

  /// The flow's rows: at its own times and at those of training.
  private func output(at seeds: [TrajectoryTable]) -> OutputGrid {
    let theory = experiment.configuration.theory
    let cap = theory.timeCap
    let own = theory.output.times(until: cap) ?? []
    let measured = seeds.flatMap(\.times).filter { $0 <= cap * (1 + 1e-12) }.map { min($0, cap) }
    // Sums of rates carry rounding of their own.
    return .times(
      (own + measured).sorted().reduce(into: [Double]()) { times, time in
        guard let last = times.last, time - last <= 1e-9 * max(1, time) else { return times.append(time) }
      })
  }
}

/// A flow that has been integrated for a comparison.
struct ComparedFlow: Sendable {
  let level: TheoryLevel
  let table: TrajectoryTable
  /// Whether it stayed where the level holds; nil for a level that holds everywhere.
  let range: RangeReport?
}
