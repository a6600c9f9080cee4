import Foundation
import InductionModel
import MarkovChains

/// One cell of a map: the flow, the first seed of training if there is any, and which set of heads wins in each.
public struct Duel: RunTask {
  public let identity: RunIdentity
  private let experiment: Experiment
  private let flow: FlowTask
  private let training: TrainingTask?
  private let selected: LagSet?
  private let threads: Int

  /// - Throws: `ConfigurationError` where theory and training are not about the same thing, or for bad input.
  init(_ experiment: Experiment, threads: Int) throws {
    let configuration = experiment.configuration
    if configuration.training != nil { try configuration.checkComparable([configuration.theory.level]) }
    self.experiment = experiment
    self.threads = threads
    flow = try FlowTask(experiment, threads: threads)
    training = try configuration.training.map { _ in try TrainingTask(experiment, threads: threads) }
    selected = experiment.selectedSet(worth: .line, threads: threads)?.set
    identity = try configuration.identity(of: .duel)
  }

  public func run(in claim: RunClaim, _ observers: RunObservers) throws {
    if let stored = claim.stored, stored.isDone { return try stored.checkFiles(in: claim.folder) }
    var record = try OuterRecord(claim, experiment.configuration, threads: threads)
    try record.fill {
      let summary = try summary(in: claim.folder, observers)
      return ((), [(.summary, summary.text)], 0)
    }
  }

  private func summary(in folder: RunFolder, _ observers: RunObservers) throws -> JSON {
    let theory = try Self.run(flow, at: "\(folder.path)/theory", observers.part("theory"))
    let trained = try training.flatMap { task in
      try Self.run(task, at: "\(folder.path)/training", observers.part("training")).first
    }
    func winner(_ selection: Selection) -> MapWinner {
      MapWinner(selection.quantities, parents: experiment.source.parents)
    }
    let (flows, trains) = (winner(theory.selection), trained.map { winner($0.selection) })
    return .object([
      "format": .integer(Configuration.format), "name": .string(experiment.configuration.name),
      "selected_set": .optional(selected), "theory": flows.json, "training": trains?.json ?? .null,
      "agree": trains.map { .boolean($0.set == flows.set) } ?? .null,
    ])
  }

  /// A folder that is damaged is filled anew.
  private static func run<Task: RunTask>(_ task: Task, at path: String, _ observers: RunObservers) throws
    -> Task.Summary
  {
    do {
      return try task.run(at: path, .keep, observers)
    } catch RunFolderError.damaged {
      return try task.run(at: path, .replace, observers)
    }
  }
}

/// Which set of heads won in theory or in training.
struct MapWinner {
  let set: HeadSet
  let share: Double
  /// The least weight that its heads give their own lags.
  let attention: Double
  let scale: Double
  /// Whether the heads are those of the true parents, and each sees the lag that it stands for.
  let isParents: Bool

  init(_ end: NamedQuantities, parents: [Int]) {
    let winner = end.leader ?? (.empty, .nan)
    (set, share) = winner
    attention = end.leastOwnWeight(winner.set) ?? .nan
    scale = end.scale ?? .nan
    isParents =
      winner.set.members == parents && winner.set.members.allSatisfy { end.model.ownLag(ofHead: $0) != nil }
  }

  var json: JSON {
    .object([
      "winner": .array(set.members.map { .integer($0) }), "share": .number(share),
      "attention": .number(attention), "scale": .number(scale), "parents_win": .boolean(isParents),
    ])
  }
}
