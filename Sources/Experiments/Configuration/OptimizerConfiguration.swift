/// `training.optimizer`: the rule, its schedule and clipping.
public struct OptimizerConfiguration: Equatable, Sendable {
  public enum Rule: Equatable, Sendable {
    case sgd(rate: Double, momentum: Double)
    case adam(rate: Double, beta1: Double, beta2: Double, epsilon: Double)
  }

  /// What the rate is multiplied by: a rise over `warmup` steps, then a half cosine.
  public struct Schedule: Equatable, Sendable {
    public struct Cosine: Equatable, Sendable {
      /// Steps, from the end of the warm-up to the floor.
      public var steps: Int
      /// The factor that is left at the end.
      public var floor: Double
    }

    /// Steps; 0 for none.
    public var warmup: Int
    public var cosine: Cosine?
  }

  public var rule: Rule
  public var schedule: Schedule
  /// The largest Euclidean norm of a gradient; nil for no clipping.
  public var clip: Double?
}

extension OptimizerConfiguration {
  init(_ cursor: Cursor?) throws {
    let section = try cursor?.section("sgd", "adam", "schedule", "clip")
    rule =
      switch try section?.only(of: "sgd", "adam") {
      case ("adam", let adam)?: try Rule(adam: adam)
      case let sgd: try Rule(sgd: sgd?.value)
      }
    schedule = try Schedule(section?["schedule"])
    clip = try section?["clip"].flatMap { $0.word == "none" ? nil : try $0.number(.positive) }
  }

  var tree: ConfigurationTree {
    let clip = clip.map { ConfigurationTree.number($0) } ?? .word("none")
    return switch rule {
    case .sgd(let rate, let momentum):
      .map([
        "sgd": .map(["rate": .number(rate), "momentum": .number(momentum)]), "schedule": schedule.tree,
        "clip": clip,
      ])
    case .adam(let rate, let beta1, let beta2, let epsilon):
      .map([
        "adam": .map([
          "rate": .number(rate), "beta1": .number(beta1), "beta2": .number(beta2),
          "epsilon": .number(epsilon),
        ]),
        "schedule": schedule.tree, "clip": clip,
      ])
    }
  }
}

extension OptimizerConfiguration.Rule {
  init(sgd cursor: Cursor?) throws {
    let section = try cursor?.section("rate", "momentum")
    self = .sgd(
      rate: try section?["rate"]?.number(.positive) ?? 1,
      momentum: try section?["momentum"].map(Self.decay) ?? 0)
  }

  init(adam cursor: Cursor?) throws {
    let section = try cursor?.section("rate", "beta1", "beta2", "epsilon")
    self = .adam(
      rate: try section?["rate"]?.number(.positive) ?? 1e-3,
      beta1: try section?["beta1"].map(Self.decay) ?? 0.9,
      beta2: try section?["beta2"].map(Self.decay) ?? 0.999,
      epsilon: try section?["epsilon"]?.number(.positive) ?? 1e-8)
  }

  private static func decay(_ cursor: Cursor) throws -> Double {
    let value = try cursor.number(.unit)
    guard value < 1 else { throw cursor.error(.outOfRange, allowed: "a number of at least 0 and below 1") }
    return value
  }
}

extension OptimizerConfiguration.Schedule {
  init(_ cursor: Cursor?) throws {
    self.init(warmup: 0, cosine: nil)
    guard let cursor, cursor.word != "constant" else { return }
    guard case .map = cursor.tree.content else {
      throw cursor.error(.outOfRange, allowed: "constant, or a map with warmup, cosine or both")
    }
    let section = try cursor.section("warmup", "cosine")
    warmup = try section["warmup"]?.steps() ?? 0
    cosine = try section["cosine"].map(Cosine.init)
  }

  var tree: ConfigurationTree {
    guard warmup > 0 || cosine != nil else { return .word("constant") }
    return .map(["warmup": warmup > 0 ? .integer(warmup) : nil, "cosine": cosine?.tree])
  }
}

extension OptimizerConfiguration.Schedule.Cosine {
  init(_ cursor: Cursor) throws {
    let section = try cursor.section("steps", "floor")
    self.init(
      steps: try section.required("steps", "how many steps the decay takes").steps(),
      floor: try section["floor"]?.number(.unit) ?? 0)
  }

  var tree: ConfigurationTree { .map(["steps": .integer(steps), "floor": .number(floor)]) }
}
