import InductionModel
import MarkovChains

/// Which set of heads won in theory or in training.
public struct MapWinner: Sendable {
  public let set: HeadSet
  public let share: Double
  /// The least weight that its heads give their own lags.
  public let attention: Double
  public let scale: Double
  /// Whether the heads are those of the true parents, and each sees the lag that it stands for.
  public let isParents: Bool

  init(at end: Parameters, _ model: ModelDefinition, parents: [Int]) {
    let leader = end.leader(model)
    set = leader.set
    share = leader.share
    attention = end.leastOwnWeight(leader.set, model)
    scale = end.scale
    isParents =
      leader.set.members == parents && leader.set.members.allSatisfy { model.ownLag(ofHead: $0) != nil }
  }
}

/// What a cell came to.
public struct MapResult: Sendable {
  /// The name of the cell's folder.
  public let folder: String
  /// nil where the cell failed.
  public var theory: MapWinner?
  /// nil where the cell failed, or its configuration has no training.
  public var training: MapWinner?
  /// S*; nil where it is not known.
  public var selected: LagSet?
  /// Why there is no winner.
  public var failure: String?

  /// Whether the same set won in theory and in training; nil where one of them is not known.
  public var agrees: Bool? {
    guard let theory, let training else { return nil }
    return theory.set == training.set
  }
}
