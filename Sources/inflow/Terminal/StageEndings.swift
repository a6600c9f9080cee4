import Experiments
import InductionModel
import ParameterSpaces
import Theory
import Transformer

/// What ended each stage of a run, a line each.
enum StageEndings {
  static func lines(_ summary: FlowSummary) -> [String] {
    let stages = summary.configuration.theory.stages
    return zip(stages, summary.outcome.stages).enumerated().map { index, pair in
      let (stage, result) = pair
      return line(
        index, stage.train, "t = \(digits(result.end, 6))", cause: result.cause, stage.until)
    }
  }

  /// Nothing for the one stage of a run that only counts steps: it ends where the run does.
  static func lines(_ summary: TrainingSummary) -> [String] {
    let stages = summary.configuration.training?.stages ?? []
    let conditions: [StageConditions?] = stages.map { stage in
      guard case .until(let end) = stage.length else { return nil }
      return end
    }
    guard stages.count > 1 || conditions.contains(where: { $0 != nil }) else { return [] }
    return zip(zip(stages, conditions), summary.end.endings).enumerated().map { index, pair in
      let ((stage, until), ending) = pair
      return line(index, stage.train, "step \(ending.step)", cause: ending.cause, until)
    }
  }

  private static func line(
    _ index: Int, _ groups: [ParameterGroup], _ place: String, cause: String, _ until: StageConditions?
  ) -> String {
    let missed = until?.conditionNames ?? []
    let reason =
      ["time", "steps"].contains(cause) && !missed.isEmpty
      ? "its \(cause) ended before \(missed.joined(separator: " or ")) did" : "ended by \(cause)"
    return "stage \(index + 1) (\(groups.map(\.rawValue).joined(separator: ", "))): to \(place), \(reason)"
  }
}

extension StageConditions {
  /// Those beside the cap, with their values.
  fileprivate var conditionNames: [String] {
    [
      share.map { "share \(digits($0.above, 6))" }, attention.map { "attention \(digits($0, 6))" },
      gradientNorm.map { "gradient-norm \(digits($0, 6))" }, lossRate.map { "loss-rate \(digits($0, 6))" },
    ].compactMap { $0 }
  }
}
