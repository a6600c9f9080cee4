import InductionModel

/// `trajectory.csv`: one row per output time, in the same columns for theory and training.
public final class TrajectoryFile {
  /// Which columns there are beside the parameters.
  public enum Clock: Sendable {
    case time
    /// Training also counts steps.
    case timeAndStep
  }

  private let table: TableFile
  private let model: ModelDefinition
  private let clock: Clock

  /// Writes the header.
  public init(in folder: RunFolder, model: ModelDefinition, clock: Clock) throws {
    self.model = model
    self.clock = clock
    table = try TableFile(in: folder, .trajectory, columns: Self.columns(model, clock))
  }

  /// Goes on with a file that is there, after the rows that `keeping` accepts.
  public init(
    resuming folder: RunFolder, model: ModelDefinition, clock: Clock,
    keeping: (_ row: Int, _ fields: [Substring]) -> Bool
  ) throws {
    self.model = model
    self.clock = clock
    table = try TableFile(
      resuming: folder, .trajectory, columns: Self.columns(model, clock), keeping: keeping)
  }

  /// `time`, `step` (training), `loss`, `a`, then `w[h j]`, `c[S]`, `sigma[h j]`, `p[S]`.
  public static func columns(_ model: ModelDefinition, _ clock: Clock) -> [String] {
    let clocks =
      switch clock {
      case .time: ["time"]
      case .timeAndStep: ["time", "step"]
      }
    return clocks + ["loss", ModelDefinition.scaleName] + model.attentionNames + model.coefficientNames
      + model.attentionWeightNames + model.shareNames
  }

  /// The loss of the last row that was there when a run was resumed.
  var lastLoss: Double? {
    let place = Self.columns(model, clock).firstIndex(of: "loss") ?? 0
    return table.lastKept.flatMap { Double($0[place]) }
  }

  /// - Parameter step: written where the clock counts steps.
  public func append(time: Double, step: Int = 0, loss: Double, _ parameters: Parameters) throws {
    var fields = ["\(time)"]
    if case .timeAndStep = clock { fields.append("\(step)") }
    let numbers =
      [loss, parameters.scale] + parameters.attention.joined() + parameters.coefficients
      + parameters.attentionWeights.joined() + parameters.shares(model)
    fields += numbers.map { "\($0)" }
    try table.append(fields)
  }
}
