import Foundation
import InductionModel
import MarkovChains
import SymbolicTensors
import Transformer

/// One cell of a map: a configuration of its own, found again by its content.
struct MapCell: Sendable {
  /// Which set won in theory or in training.
  struct Winner: Sendable {
    let set: HeadSet
    let share: Double
    /// The least weight that its heads give their own lags.
    let attention: Double
    let scale: Double
  }

  let values: [(key: String, value: String)]
  let configuration: Configuration
  /// SHA-256 of the resolved configuration: where the cell's folder is.
  let hash: String

  init(_ values: [(key: String, value: String)], of base: String, _ overrides: [Override]) throws {
    self.values = values
    let own = try values.map { key, value in
      guard let override = Override("\(key)=\(value)") else {
        throw ConfigurationError(
          .syntax, at: .override("\(key)=\(value)"), keyPath: key, found: value, allowed: "a YAML value")
      }
      return override
    }
    configuration = try Configuration(contentsOf: base, overrides: overrides + own).endingTogether
    hash = SHA256.hash(try configuration.yaml().utf8)
  }

  /// Integrates and trains what is not yet there.
  ///
  /// - Parameter folder: of the map.
  /// - Throws: `RunFailure` or input errors.
  func run(in folder: String, isInterrupted: @escaping @Sendable () -> Bool) throws -> MapResult {
    let place = "\(folder)/cells/\(hash.prefix(16))"
    let experiment = try Experiment(configuration)
    let theory = try winner(
      in: "\(place)/theory", experiment, trajectory: { "\($0)/trajectory.csv" },
      run: { path in
        let inner = try RunFolder(creating: path, existing: .replace)
        _ = try FlowRun(experiment, threads: 1).run(
          in: inner, progress: { _, _ in }, isInterrupted: isInterrupted)
      })
    var training: Winner?
    if let seeds = configuration.training?.seeds {
      training = try winner(
        in: "\(place)/training", experiment,
        trajectory: { seeds.count > 1 ? "\($0)/seed-\(seeds[0])/trajectory.csv" : "\($0)/trajectory.csv" },
        run: { path in
          let inner = try (try? RunFolder(of: path)) ?? RunFolder(creating: path, existing: .replace)
          _ = try TrainingSeries(experiment, threads: 1).run(in: inner, .init(isInterrupted: isInterrupted))
        })
    }
    let set = try experiment.selectedSet(isNeeded: false, threads: 1)
    return MapResult(cell: self, theory: theory, training: training, selected: set, failure: nil)
  }

  private func winner(
    in path: String, _ experiment: Experiment, trajectory: (String) -> String, run: (String) throws -> Void
  ) throws -> Winner? {
    if !isDone(path) { try run(path) }
    let table = try TrajectoryTable(contentsOf: trajectory(path))
    guard let end = table.parameters(table.times.count - 1, experiment.model) else { return nil }
    let leader = end.leader(experiment.model)
    return Winner(
      set: leader.set, share: leader.share, attention: end.leastOwnWeight(leader.set, experiment.model),
      scale: end.scale)
  }

  private func isDone(_ path: String) -> Bool {
    guard let folder = try? RunFolder(of: path), let manifest = try? StoredManifest(folder) else {
      return false
    }
    return manifest.isDone
  }
}

extension Configuration {
  /// The same with a flow that is no longer than training, where both have one stage and training's time is known
  /// before: what wins is asked at one time.
  var endingTogether: Configuration {
    guard theory.stages.count == 1, let training, training.stages.count == 1,
      case .steps(let steps) = training.stages[0].length,
      case .sgd(let rate, let momentum) = training.optimizer.rule,
      training.optimizer.schedule == .init(warmup: 0, cosine: nil), training.optimizer.clip == nil
    else { return self }
    var result = self
    result.theory.stages[0].until.time = min(
      theory.stages[0].until.time, Double(steps) * rate / (1 - momentum))
    return result
  }
}

/// What a cell came to.
struct MapResult: Sendable {
  let cell: MapCell
  let theory: MapCell.Winner?
  let training: MapCell.Winner?
  let selected: SelectedSet?
  /// Why there is no winner.
  let failure: String?

  func parentsWin(_ winner: MapCell.Winner?) -> Bool? {
    winner.map { $0.set.members == cell.configuration.source.parents }
  }
}
