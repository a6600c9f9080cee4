import InductionModel

/// `trajectory.csv`: one row per output time, in the same columns for theory and training.
enum TrajectoryFile {
  /// Which columns there are beside the parameters.
  enum Clock: Sendable {
    case time
    /// Training also counts steps.
    case timeAndStep
  }

  /// `time`, `step` (training), `loss`, `a`, then `w[h j]`, `c[S]`, `sigma[h j]`, `p[S]`.
  static func columns(_ model: ModelDefinition, _ clock: Clock) -> [String] {
    let clocks =
      switch clock {
      case .time: ["time"]
      case .timeAndStep: ["time", "step"]
      }
    return clocks + ["loss", ModelDefinition.scaleName] + model.attentionNames + model.coefficientNames
      + model.attentionWeightNames + model.shareNames
  }

  /// - Parameter step: written where the clock counts steps.
  static func row(
    time: Double, step: Int? = nil, loss: Double, _ parameters: Parameters, _ model: ModelDefinition
  ) -> [String] {
    let quantities = parameters.quantities(model)
    let numbers =
      [loss, parameters.scale] + parameters.attention.joined() + parameters.coefficients
      + quantities.weights.joined() + quantities.shares
    return ["\(time)"] + (step.map { ["\($0)"] } ?? []) + numbers.map { "\($0)" }
  }
}
