import InductionModel
import ParameterSpaces

/// A stretch of time in which some groups of parameters train.
public struct StageConfiguration: Equatable, Sendable {
  /// In the order of the flat vector.
  public var train: [ParameterGroup]
  public var until: StageConditions
}

/// The conditions that end a stage; the first to hold ends it.
public struct StageConditions: Equatable, Sendable {
  /// The cap, counted from the stage's start.
  public var time: Double
  public var share: ShareThreshold?
  /// Ends when every head of S* gives its own lag at least this weight.
  public var attention: Double?
  /// Ends when the gradient of the trained groups has at most this Euclidean norm.
  public var gradientNorm: Double?
  /// Ends when the loss changes by at most this much per unit of time.
  public var lossRate: Double?
}

/// Ends a stage when the share of a set of heads reaches a value.
public struct ShareThreshold: Equatable, Sendable {
  public enum Subject: Equatable, Sendable {
    /// S*, the set of largest modified χ² information.
    case mostInformative
    case heads(HeadSet)
  }

  public var subject: Subject
  public var above: Double
}

/// What stages may train and wait for.
struct StageScope {
  /// In the order of the flat vector.
  let groups: [ParameterGroup]
  let definition: ModelDefinition
  /// Whose groups these are, for messages.
  let owner: String
}

extension StageScope {
  /// Of the theory.
  init(_ definition: ModelDefinition) {
    self.init(
      groups: definition.parameterSpace.groups, definition: definition,
      owner: "the disentangled model, which the theory is of")
  }

  /// All groups by default.
  func groups(_ cursor: Cursor?) throws -> [ParameterGroup] {
    guard let cursor else { return groups }
    let names = groups.map(\.rawValue)
    let entries = try cursor.list(of: "groups: \(names.joined(separator: ", "))")
    var chosen: Set<ParameterGroup> = []
    for entry in entries {
      let group = ParameterGroup(rawValue: try entry.choice(among: names, of: owner))
      guard chosen.insert(group).inserted else { throw entry.error(.outOfRange, allowed: "every group once") }
    }
    return groups.filter(chosen.contains)
  }
}

extension StageConfiguration {
  init(_ cursor: Cursor, _ scope: StageScope) throws {
    let section = try cursor.section("train", "until")
    train = try scope.groups(section["train"])
    until = try StageConditions(
      section.required("until", "a map with time, and other conditions"), model: scope.definition)
  }

  static func tree(of groups: [ParameterGroup]) -> ConfigurationTree {
    .list(groups.map { .word($0.rawValue) })
  }

  var tree: ConfigurationTree { .map(["train": Self.tree(of: train), "until": until.tree]) }
}

extension StageConditions {
  init(_ cursor: Cursor, model: ModelDefinition) throws {
    let section = try cursor.section("time", "share", "attention", "gradient-norm", "loss-rate")
    time = try section.required("time", "a number above 0: the longest that the stage may last")
      .number(.positive)
    share = try section["share"].map { try ShareThreshold($0, model: model) }
    attention = try section["attention"]?.number(.openUnit)
    gradientNorm = try section["gradient-norm"]?.number(.positive)
    lossRate = try section["loss-rate"]?.number(.positive)
  }

  var tree: ConfigurationTree {
    .map([
      "time": .number(time), "share": share?.tree, "attention": attention.map { .number($0) },
      "gradient-norm": gradientNorm.map { .number($0) }, "loss-rate": lossRate.map { .number($0) },
    ])
  }
}

extension ShareThreshold {
  init(_ cursor: Cursor, model: ModelDefinition) throws {
    guard case .map = cursor.tree.content else {
      self.init(subject: .mostInformative, above: try cursor.number(.openUnit))
      return
    }
    let section = try cursor.section("set", "above")
    let above = try section.required("above", "a number between 0 and 1").number(.openUnit)
    let set = try section.required("set", "a list of heads such as [1, 2]")
    let heads = HeadSet(
      try set.list(of: "heads such as [1, 2]").map { try $0.integer(in: 1...model.heads) })
    guard model.sets.contains(heads) else {
      throw set.error(.outOfRange, allowed: "at most \(model.degree) heads, which is model.degree")
    }
    self.init(subject: .heads(heads), above: above)
  }

  var tree: ConfigurationTree {
    switch subject {
    case .mostInformative: .number(above)
    case .heads(let set):
      .map(["set": .list(set.members.map { .integer($0) }), "above": .number(above)])
    }
  }
}
