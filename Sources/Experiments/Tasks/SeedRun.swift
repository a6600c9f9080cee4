import InductionModel
import MarkovChains
import ODESolvers
import Transformer

/// One seed's training on its way into its record.
final class SeedRun {
  typealias State = TrainingCheckpoint

  private let training: TrainingExperiment
  private let seed: Int
  private let run: TrainingRun
  private let record: RunRecord<State>
  private let folder: RunFolder
  private var last: LastMeasurement
  private let model: ObservedModel
  private let rows: TrajectoryFile

  init(
    training: TrainingExperiment, seed: Int, run: TrainingRun, record: RunRecord<State>, folder: RunFolder,
    last: LastMeasurement
  ) {
    self.training = training
    self.seed = seed
    self.run = run
    self.record = record
    self.folder = folder
    self.last = last
    model = ObservedModel(training.model)
    rows = TrajectoryFile(model, .timeAndStep)
  }

  /// Trains to the end.
  ///
  /// - Throws: `RunFailure` after the last good state has been saved.
  func finish(_ observers: RunObservers) throws -> TrainingSummary {
    do {
      try record.open(.trajectory, columns: rows.columns)
      let ending = try run.run(
        .init(
          progress: { step, loss in self.report(step, loss, observers) }, measurement: self.add,
          checkpoint: { try self.record.keep(self.place($0)) },
          backup: { try self.record.save(self.place($0)) }, wantsBackup: { self.record.wantsBackup },
          shouldStop: observers.isInterrupted))
      let end = run.checkpoint()
      let summary = try TrainingSummary(
        training, seed: seed, end: end, loss: last.loss, standardError: last.standardError,
        isComplete: ending == .done)
      try record.finish(
        ending == .done ? .done : .interrupted, at: place(end), summary.json, counts(end.step))
      guard ending == .done else {
        throw RunFailure.interruption(at: "step \(end.step) of seed \(seed)", in: folder)
      }
      return summary
    } catch let failure as RunFailure {
      throw failure
    } catch {
      let failure = failure(of: error)
      // A folder that can no longer be written is no reason to hide what happened.
      try? record.stop(failure, counts(run.state.step))
      throw failure
    }
  }

  private func report(_ step: Int, _ loss: Double, _ observers: RunObservers) {
    observers.progress(
      RunProgress(fraction: Double(step) / Double(run.steps)) {
        [run, model, definition = training.experiment.model] in
        let leader = NamedQuantities(definition, model, at: run.point).leader
        return "step \(step)  loss \(brief(loss))"
          + (leader.map { "  p\($0.set) \(brief($0.share))" } ?? "")
      })
  }

  private func add(_ measurement: TrainingMeasurement) throws {
    try record.append(
      rows.row(
        time: measurement.time, step: measurement.step, loss: measurement.loss, measurement.parameters,
        observed: measurement.observables.map(\.value)), to: .trajectory)
    let numbers =
      [measurement.batchLoss ?? .nan, measurement.standardError ?? .nan] + measurement.values.map(\.value)
    try record.open(
      .measurements,
      columns: ["time", "step", "batch-loss", "standard-error"] + measurement.values.map(\.name))
    try record.append(
      ["\(measurement.time)", "\(measurement.step)"] + numbers.map { "\($0)" }, to: .measurements)
    (last.loss, last.standardError) = (measurement.loss, measurement.standardError)
  }

  private func place(_ state: State) throws -> RunPlace<State> {
    let arena = try state.arena(training.model.space)
    let tensors = TensorExport.safetensors(
      arena, of: training.model, metadata: ["step": "\(state.step)"])
    return RunPlace(
      time: state.time, step: state.step, parameters: arena, state: state,
      files: [(.tensors, tensors)])
  }

  private func counts(_ steps: Int) -> Counts {
    var counts = Counts()
    (counts.accepted, counts.evaluations) = (steps, steps)
    return counts
  }

  /// What stopped a run and what to try. The input was good when the run began.
  private func failure(of error: any Error) -> RunFailure {
    switch error {
    case let error as TrainingError:
      return RunFailure(.failure, "seed \(seed): \(explanation(of: error)), in \(folder[.checkpoint])")
    case let error as RunFolderError: return RunFailure(error)
    default:
      let problem = RunFailure.message(of: error)
      let advice =
        error is ChainError ? "; a start that is uniform (source.start) needs no stationary law" : ""
      let step = run.state.step
      return RunFailure(
        .failure,
        "seed \(seed): step \(step + 1) failed: \(problem)\(advice); the checkpoint of step \(step) is in "
          + folder[.checkpoint])
    }
  }

  /// What happened and what to try; ends with the last good checkpoint.
  private func explanation(of error: TrainingError) -> String {
    guard case .notFinite(let step, let what, let lastGood, let remedy) = error else { return "\(error)" }
    let isLinear =
      training.experiment.configuration.architecture.definition.theory == .own
      && training.experiment.model.variant.secondLayer == .linear
      && training.loss.criterion == .crossEntropy
    let advice =
      isLinear
      ? "\(remedy); the linear second layer may also predict y + epsilon <= 0: try a smaller scale, or criterion logits"
      : remedy
    return
      "\(what.description(step: step)): \(advice); the last good checkpoint is that of step \(lastGood)"
  }
}
