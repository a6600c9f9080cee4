import Flows
import InductionModel
import MarkovChains
import ODESolvers
import Theory

/// The flow of one configuration, integrated into a run folder.
public struct FlowTask: RunTask {
  public let experiment: Experiment
  public let identity: RunIdentity
  /// S* and its gap; nil where the level needs no laws of windows and they would not fit in memory.
  public let selected: SelectedSet?
  private let flow: StagedFlow
  private let loss: any LevelLoss
  private let threads: Int

  /// Reads, checks and derives everything.
  ///
  /// - Parameter shorter: of a run that is made longer.
  /// - Throws: `ConfigurationError`, `ChainError`, `TheoryError`, `ProblemError`.
  public init(_ experiment: Experiment, extending shorter: Configuration? = nil, threads: Int) throws {
    self.experiment = experiment
    self.threads = threads
    let (theory, start) = (experiment.configuration.theory, try experiment.start)
    let needsLaws =
      theory.level.definition.average == .windows || theory.stages.contains(where: \.until.needsSelectedSet)
    loss = try experiment.loss(theory.level, sequences: theory.sequences, threads: threads)
    selected = try needsLaws ? experiment.selectedSet(threads: threads) : nil
    flow = StagedFlow(
      loss, start: start.flat,
      stages: theory.flowStages(
        experiment.model, mostInformative: HeadSet(selected?.set.members ?? [])),
      solver: theory.solver.resolved,
      correction: try experiment.configuration.flowCorrection)
    try flow.solver.validate(dimension: experiment.model.parameterCount)
    identity = try experiment.configuration.identity(of: .flow, extending: shorter)
    _ = try loss.evaluate(start)
  }

  private init(_ task: FlowTask, _ experiment: Experiment) throws {
    self.experiment = experiment
    (flow, loss, selected, threads) = (task.flow, task.loss, task.selected, task.threads)
    identity = try experiment.configuration.identity(of: .flow)
  }

  /// The same flow with rows at other times.
  func reporting(_ output: OutputGrid) throws -> FlowTask {
    var configuration = experiment.configuration
    configuration.theory.output = output
    return try FlowTask(self, experiment.with(configuration))
  }

  private var outputs: OutputTimes {
    let theory = experiment.configuration.theory
    return theory.output.times(until: theory.timeCap).map { .times($0) } ?? .everyStep
  }

  public func run(in claim: RunClaim, _ observers: RunObservers) throws -> FlowSummary {
    if let stored = claim.stored, stored.isDone, stored.content == identity.content {
      return try summary(of: claim.folder, stored)
    }
    let remains = try RunRemains<FlowCheckpoint>(claim) { $0 }
    let record = try RunRecord(
      claim, experiment.configuration, experiment.model.parameterSpace, remains, threads: threads)
    return try run(record, from: remains?.state, in: claim.folder, observers)
  }

  private func run(
    _ record: RunRecord<FlowCheckpoint>, from start: FlowCheckpoint?, in folder: RunFolder,
    _ observers: RunObservers
  ) throws -> FlowSummary {
    let rows = TrajectoryFile(ObservedModel(theoryOf: experiment.model), .time)
    func place(_ time: Double, _ point: [Double], _ state: FlowCheckpoint) -> RunPlace<FlowCheckpoint> {
      RunPlace(time: time, parameters: point, state: state, rows: state.points)
    }
    do {
      let range = loss.range
      try record.open(
        .trajectory, columns: rows.columns + (range.map { [$0.name] } ?? []))
      let outcome = try flow.run(
        outputs: outputs, resuming: start,
        StagedFlow.Observers(
          point: { point in
            // A number that does not fit in memory is no reason to stop.
            let reading = range.map { ["\((try? $0.value(at: point.parameters)) ?? .nan)"] }
            try record.append(
              rows.row(time: point.time, loss: point.loss, point.parameters) + (reading ?? []),
              to: .trajectory)
          },
          progress: { time, fraction in
            observers.progress(RunProgress(fraction: fraction) { "t = \(brief(time))" })
          },
          isCancelled: observers.isInterrupted,
          checkpoint: { make in
            guard record.wantsBackup else { return }
            let (point, state) = try make()
            try record.save(place(point.time, point.parameters, state))
          }))
      let summary = try summary(outcome, in: folder)
      try record.finish(
        outcome.isCancelled ? .interrupted : .done,
        at: place(outcome.time, outcome.parameters, outcome.resumePoint), summary.json, outcome.counts)
      guard !outcome.isCancelled else {
        throw RunFailure.interruption(at: "t = \(outcome.time)", in: folder)
      }
      return summary
    } catch let error as FlowFailure {
      let failure = RunFailure(
        .failure, "\(error.message); the last accepted state is in \(folder[.checkpoint])")
      try record.stop(
        failure, at: place(error.failure.time, error.parameters, error.resumePoint), error.counts)
      throw failure
    } catch let error as RunFolderError {
      let failure = RunFailure(error)
      try? record.stop(failure, Counts())
      throw failure
    }
  }

  /// Of a run that is done.
  private func summary(of folder: RunFolder, _ stored: StoredManifest) throws -> FlowSummary {
    try stored.checkFiles(in: folder)
    guard let file = CheckpointFile<FlowCheckpoint>(try folder.read(.checkpoint)) else {
      throw RunFolderError.damaged(folder[.checkpoint], problem: "no checkpoint of inflow \(stored.command)")
    }
    return try summary(flow.run(outputs: outputs, resuming: file.resume), in: folder)
  }

  /// - Parameter folder: with all rows up to the outcome.
  private func summary(_ outcome: FlowOutcome, in folder: RunFolder) throws -> FlowSummary {
    let range = try loss.range.flatMap {
      RangeReport($0, try TrajectoryTable(contentsOf: folder[.trajectory]))
    }
    return FlowSummary(self, outcome, loss: try loss.value(outcome.parameters), range: range)
  }
}

extension SolverConfiguration {
  var resolved: Solver {
    Solver(
      stepper: stepper, tolerance: Tolerance(relative: relative, absolute: absolute),
      steps: StepLimits(count: steps), time: time)
  }
}

extension TheoryConfiguration {
  func flowStages(_ model: ModelDefinition, mostInformative: HeadSet) -> [FlowStage] {
    let quantities = ModelQuantities(model)
    return stages.map {
      FlowStage(trained: $0.train, end: $0.until.resolved(quantities, mostInformative: mostInformative))
    }
  }
}

extension StageConditions {
  var needsSelectedSet: Bool { share?.subject == .mostInformative || attention != nil }

  func resolved(_ quantities: ModelQuantities, mostInformative: HeadSet) -> FlowStageEnd {
    var conditions: [FlowCondition] = []
    switch share?.subject {
    case .mostInformative?:
      conditions.append(.share(mostInformative, above: share?.above ?? 1, by: quantities))
    case .heads(let set)?: conditions.append(.share(set, above: share?.above ?? 1, by: quantities))
    case nil: break
    }
    if let attention {
      conditions.append(.attention(mostInformative, above: attention, by: quantities))
    }
    if let gradientNorm { conditions.append(.gradientNorm(below: gradientNorm)) }
    if let lossRate { conditions.append(.lossRate(below: lossRate)) }
    return FlowStageEnd(time: time, conditions: conditions)
  }
}
