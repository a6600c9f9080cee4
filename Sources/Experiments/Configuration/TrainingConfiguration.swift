/// `training`: real finite steps on sampled sequences.
public struct TrainingConfiguration: Equatable, Sendable {
  public enum Precision: String, CaseIterable, Sendable {
    case double, float
  }

  /// Held-out sequences, on which the loss is measured.
  public struct HeldOut: Equatable, Sendable {
    public var count: Int
    public var seed: Int
    /// Read instead of drawn; all of the file then counts.
    public var file: InputFile?
  }

  /// L, tokens of context in a sequence.
  public var context: Int
  public var data: TrainingData
  public var heldOut: HeldOut
  public var optimizer: OptimizerConfiguration
  public var stages: [TrainingStage]
  public var measure: OutputGrid
  public var checkpoints: OutputGrid
  /// One run each.
  public var seeds: [Int]
  public var precision: Precision
  /// ε of the training loss where it is not the theory's; nil for that of `loss`. Finite contexts need ε > 0, an
  /// infinite one does not.
  public var epsilon: Double?
}

extension TrainingConfiguration {
  init(_ cursor: Cursor, _ scope: StageScope) throws {
    let section = try cursor.section(
      "context", "data", "held-out", "optimizer", "stages", "measure", "checkpoints", "seeds", "precision",
      "epsilon")
    context = try section["context"]?.integer(in: 1...1 << 24) ?? 100
    data = try TrainingData(section["data"])
    heldOut = try HeldOut(section["held-out"])
    optimizer = try OptimizerConfiguration(section["optimizer"])
    stages =
      try section["stages"]?.list(of: "stages").map { try TrainingStage($0, scope) }
      ?? [TrainingStage(train: scope.groups, length: .steps(10_000))]
    measure = try OutputGrid(section["measure"], points: 200)
    checkpoints = try OutputGrid(section["checkpoints"], points: 20)
    seeds = try section["seeds"].map(Self.seeds) ?? [1, 2, 3]
    precision = try section["precision"]?.choice(Precision.self) ?? .double
    epsilon = try section["epsilon"]?.number(.nonNegative)
    try measure.check(section["measure"], until: longestTime, of: "the stages of training")
    try checkpoints.check(section["checkpoints"], until: longestTime, of: "the stages of training")
  }

  private static func seeds(_ cursor: Cursor) throws -> [Int] {
    var seeds: [Int] = []
    for entry in try cursor.list(of: "seeds") {
      let seed = try entry.seed()
      guard !seeds.contains(seed) else { throw entry.error(.outOfRange, allowed: "every seed once") }
      seeds.append(seed)
    }
    return seeds
  }

  var tree: ConfigurationTree {
    .map([
      "context": .integer(context), "data": data.tree, "held-out": heldOut.tree, "optimizer": optimizer.tree,
      "stages": .list(stages.map(\.tree)), "measure": measure.tree, "checkpoints": checkpoints.tree,
      "seeds": .list(seeds.map { .integer($0) }), "precision": .word(precision.rawValue),
      "epsilon": epsilon.map { .number($0) },
    ])
  }
}

extension TrainingConfiguration.HeldOut {
  init(_ cursor: Cursor?) throws {
    let section = try cursor?.section("count", "seed", "file")
    self.init(
      count: try section?["count"]?.integer(in: 1...1 << 30) ?? 4096,
      seed: try section?["seed"]?.seed() ?? 2,
      file: try section?["file"]?.file("the name of a sequences file"))
    if file != nil, let other = section?["count"] ?? section?["seed"] {
      throw other.error(.conflict, allowed: "nothing beside a file of sequences")
    }
  }

  var tree: ConfigurationTree {
    file.map { .map(["file": $0.tree]) } ?? .map(["count": .integer(count), "seed": .integer(seed)])
  }
}
