import ODESolvers
import Theory

/// What the flow adds to stand for training's finite steps.
public enum TheoryCorrection: String, CaseIterable, Sendable {
  case none
  /// The modified equation of gradient descent with the rate of `training.optimizer`.
  case stepSize = "step-size"
  /// The inertial flow of descent with the rate and the momentum of `training.optimizer`.
  case momentum
}

/// `theory`: the flow and how it is integrated.
public struct TheoryConfiguration: Equatable, Sendable {
  public var level: TheoryLevel
  /// The order in `a` of the leading-order level.
  public var order: Int
  /// The sequences of the finite-context level.
  public var sequences: SequencesConfiguration
  public var stages: [StageConfiguration]
  public var solver: SolverConfiguration
  public var output: OutputGrid
  public var correction: TheoryCorrection

  /// The longest that all stages together may last.
  public var timeCap: Double { stages.reduce(0) { $0 + $1.until.time } }
}

/// `theory.solver`.
public struct SolverConfiguration: Equatable, Sendable {
  public var stepper: Stepper
  public var relative: Double
  public var absolute: Double
  public var time: TimeScale
  /// Attempted steps after which a stage fails.
  public var steps: Int
}

extension TheoryConfiguration {
  init(_ cursor: Cursor?, _ scope: StageScope) throws {
    let section = try cursor?.section(
      "level", "order", "sequences", "stages", "solver", "output", "correction")
    level = try section?["level"]?.choice(TheoryLevel.self) ?? .infiniteContext
    order = try section?["order"]?.integer(in: 1...16) ?? 1
    sequences = try SequencesConfiguration(section?["sequences"])
    stages =
      try section?["stages"]?.list(of: "stages").map { try StageConfiguration($0, scope) }
      ?? [StageConfiguration(train: scope.groups, until: StageConditions(time: 10_000))]
    solver = try SolverConfiguration(section?["solver"])
    output = try OutputGrid(section?["output"], points: 200)
    try output.check(
      section?["output"], until: stages.reduce(0) { $0 + $1.until.time }, of: "the stages of theory")
    correction = try section?["correction"]?.choice(TheoryCorrection.self) ?? .none
  }

  var tree: ConfigurationTree {
    .map([
      "level": .word(level.rawValue), "order": .integer(order), "sequences": sequences.tree,
      "stages": .list(stages.map(\.tree)), "solver": solver.tree, "output": output.tree,
      "correction": .word(correction.rawValue),
    ])
  }
}

extension SolverConfiguration {
  init(_ cursor: Cursor?) throws {
    let section = try cursor?.section("stepper", "relative", "absolute", "time", "steps")
    stepper = try section?["stepper"]?.choice(Stepper.self) ?? .auto
    relative = try section?["relative"]?.number(.nonNegative) ?? 1e-8
    absolute = try section?["absolute"]?.number(.nonNegative) ?? 1e-10
    time = try section?["time"]?.choice(TimeScale.self) ?? .linear
    steps = try section?["steps"]?.integer(in: 1...Int.max) ?? 100_000
    if let cursor, relative == 0, absolute == 0 {
      throw cursor.error(
        .conflict, found: "relative 0 and absolute 0", allowed: "at least one tolerance above 0")
    }
  }

  var tree: ConfigurationTree {
    .map([
      "stepper": .word(stepper.rawValue), "relative": .number(relative), "absolute": .number(absolute),
      "time": .word(time.rawValue), "steps": .integer(steps),
    ])
  }
}
