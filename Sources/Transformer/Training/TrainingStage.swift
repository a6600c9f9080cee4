import InductionModel
import ParameterSpaces

/// A stretch of training in which some blocks of parameters move.
public struct TrainingStage: Hashable, Sendable {
  /// Names of the model's groups.
  public var train: [String]
  /// The first end to be reached ends the stage.
  public var end: End
  public var conditions: [StopCondition]

  public enum End: Hashable, Sendable {
    case steps(Int)
    /// Time of the flow, counted from the stage's start.
    case time(Double)
  }

  public init(train: [String], end: End, conditions: [StopCondition] = []) {
    self.train = train
    self.end = end
    self.conditions = conditions
  }

  public init(train: [ParameterGroup], end: End, conditions: [StopCondition] = []) {
    self.init(train: train.map(\.rawValue), end: end, conditions: conditions)
  }
}

/// What ends a stage before its time, asked after every step. The same conditions as the theory's stages have.
public enum StopCondition: Hashable, Sendable {
  /// Every one of the model's observables with these names has reached a value.
  case reached(observables: [String], above: Double)
  /// The trained gradient of the step's batch has at most this Euclidean norm.
  case gradientNorm(below: Double)
  /// The batch's loss changes by at most this much per unit of time: |⟨g, Δθ⟩|/Δt.
  case lossRate(below: Double)

  /// The share of a set of heads.
  public static func share(_ set: HeadSet, above: Double) -> StopCondition {
    .reached(observables: ["p[\(set.label)]"], above: above)
  }

  /// Every head of the set gives its own lag at least this weight.
  public static func attention(_ set: HeadSet, above: Double) -> StopCondition {
    .reached(observables: set.members.map { "sigma[\($0) \($0)]" }, above: above)
  }
}

/// How and when a stage ended.
public struct StageEnding: Hashable, Sendable, Codable {
  /// `steps`, `time`, or the condition that held: `share`, `attention`, `gradient-norm`, `loss-rate`.
  public let cause: String
  /// Of the whole run.
  public let step: Int
  public let time: Double
}

extension TrainingStage {
  /// The longest run: sums of its steps stay far below the largest integer, and doubles count them exactly.
  public static let mostSteps = 1_000_000_000_000_000

  /// How many steps each stage takes at most, if every stage before it takes all of its own.
  ///
  /// - Throws: `TrainingError.stage` for an end that is never reached, or at once, or too late.
  public static func longest(_ stages: [TrainingStage], _ optimizer: Optimizer) throws -> [Int] {
    var (total, counts): (Int, [Int]) = (0, [])
    for (number, stage) in stages.enumerated() {
      guard let count = stage.steps(of: optimizer, after: total), count > 0 else {
        throw TrainingError.stage(
          number: number + 1,
          problem:
            "its end is never reached, or at once: give it steps, a time above 0, or a schedule whose floor is above 0"
        )
      }
      guard count <= mostSteps - total else {
        throw TrainingError.stage(
          number: number + 1,
          problem: "with it the run has more than \(mostSteps) steps: lower its steps or its time")
      }
      counts.append(count)
      total += count
    }
    return counts
  }

  /// How many steps the stage takes at most, starting after `step` steps of the run; nil when its time is never
  /// reached because the schedule's floor is 0, or takes more steps of a changing rate than can be counted one by one.
  func steps(of optimizer: Optimizer, after step: Int) -> Int? {
    switch end {
    case .steps(let count): return count
    case .time(let limit):
      var (time, count) = (0.0, 0)
      while step + count < optimizer.schedule.settles, time < limit {
        guard count < 1 << 30 else { return nil }
        time += optimizer.timePerStep * optimizer.schedule.multiplier(step: step + count)
        count += 1
      }
      guard time < limit else { return count }
      let pace = optimizer.timePerStep * optimizer.schedule.multiplier(step: step + count)
      guard pace > 0 else { return nil }
      // A step that would end within rounding of the limit is the last one.
      let rest = ((limit - time) / pace * (1 - 1e-12)).rounded(.up)
      return rest < 1e15 ? count + Int(rest) : nil
    }
  }
}
