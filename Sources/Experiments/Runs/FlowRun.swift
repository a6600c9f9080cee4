import Foundation
import InductionModel
import MarkovChains
import ODESolvers
import Theory

/// The flow of one configuration, integrated into a run folder.
public struct FlowRun {
  public let experiment: Experiment
  /// S* and its gap; nil where the level needs no laws of windows and they would not fit in memory.
  public let selected: SelectedSet?
  private let flow: StagedFlow
  private let outputs: OutputTimes
  private let threads: Int

  /// Reads, checks and derives everything, so that nothing is written before the input is known to be good.
  ///
  /// - Throws: `ConfigurationError`, `ChainError`, `TheoryError`.
  public init(_ experiment: Experiment, threads: Int) throws {
    self.experiment = experiment
    self.threads = threads
    let theory = experiment.configuration.theory
    let needsLaws = theory.level != .finiteContext || theory.stages.contains(where: \.until.needsSelectedSet)
    let laws = try needsLaws ? experiment.windowLaws(threads: threads) : nil
    let loss = try experiment.loss(theory.level, sequences: theory.sequences, laws: laws, threads: threads)
    let model = experiment.model
    selected = try laws.map { laws in
      try Information(laws, largest: min(model.degree, laws.window), threads: threads)
        .selectedSet(heads: model.heads, degree: model.degree)
    }
    let mostInformative = HeadSet(selected?.set.members ?? [])
    flow = StagedFlow(
      loss.function, start: experiment.start,
      stages: theory.stages.map { stage in
        FlowStage(trained: stage.train, end: stage.until.resolved(mostInformative: mostInformative))
      },
      solver: Solver(
        stepper: theory.solver.stepper,
        tolerance: Tolerance(relative: theory.solver.relative, absolute: theory.solver.absolute),
        steps: StepLimits(count: theory.solver.steps), time: theory.solver.time),
      correction: try experiment.configuration.flowCorrection)
    outputs = theory.output.times(until: theory.timeCap).map { .times($0) } ?? .everyStep
    _ = try loss.function.evaluate(experiment.start)
  }

  /// Integrates into the folder, which holds a readable run at any moment.
  ///
  /// - Parameters:
  ///   - folder: new, or that of a run of this configuration, which then goes on from its checkpoint to the bits of
  ///     an uninterrupted one; a run that is done is only read.
  ///   - progress: fraction done and time reached, after every accepted step.
  ///   - isInterrupted: asked after every accepted step.
  /// - Throws: `RunFailure` after the last accepted state has been saved.
  public func run(
    in folder: RunFolder, progress: @escaping (_ fraction: Double, _ time: Double) -> Void,
    isInterrupted: @escaping () -> Bool
  ) throws -> FlowSummary {
    let record = try record(in: folder)
    do {
      let outcome = try flow.run(
        outputs: outputs, resuming: record.resumed,
        StagedFlow.Observers(
          point: record.add, progress: { time, fraction in progress(fraction, time) },
          isCancelled: isInterrupted, checkpoint: record.offer))
      let summary = FlowSummary(self, outcome, loss: record.loss)
      try record.finish(outcome.isCancelled ? .interrupted : .done, summary, outcome.counts)
      guard !outcome.isCancelled else {
        throw RunFailure(
          .interruption,
          "interrupted at t = \(outcome.time); the run so far is in \(folder.path); inflow resume goes on with it"
        )
      }
      return summary
    } catch let failure as FlowFailure {
      let message = "\(failure.message); the last accepted state is in \(folder[.checkpoint])"
      try record.fail(failure, message)
      throw RunFailure(.failure, message)
    } catch let error as RunFolderError {
      // The folder could be written when the run began: this is no bad input, the disk may be full.
      throw RunFailure(.failure, error.description)
    }
  }
}

extension FlowRun {
  /// A run that has got as far as a checkpoint is gone on with; one that has lost its checkpoint or its trajectory is
  /// not written over.
  private func record(in folder: RunFolder) throws -> FlowRecord {
    let stored = folder.has(.manifest) ? try StoredManifest(folder) : nil
    guard let stored, folder.has(.checkpoint) || stored.isDone else {
      return try FlowRecord(folder, experiment, threads: threads)
    }
    for file in [RunFolder.File.checkpoint, .trajectory] where !folder.has(file) {
      throw RunFolderError.damaged(folder[file], problem: "no such file beside the others of the run")
    }
    try stored.check(experiment.configuration, in: folder)
    return try FlowRecord(resuming: folder, experiment, stored, threads: threads)
  }
}

extension StageConditions {
  var needsSelectedSet: Bool { share?.subject == .mostInformative || attention != nil }

  func resolved(mostInformative: HeadSet) -> FlowStageEnd {
    var conditions: [FlowCondition] = []
    switch share?.subject {
    case .mostInformative?: conditions.append(.share(mostInformative, above: share?.above ?? 1))
    case .heads(let set)?: conditions.append(.share(set, above: share?.above ?? 1))
    case nil: break
    }
    if let attention { conditions.append(.attention(mostInformative, above: attention)) }
    if let gradientNorm { conditions.append(.gradientNorm(below: gradientNorm)) }
    if let lossRate { conditions.append(.lossRate(below: lossRate)) }
    return FlowStageEnd(time: time, conditions: conditions)
  }
}
