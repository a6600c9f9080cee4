import Foundation
import InductionModel

/// `trajectory.csv`: one row per output time, in the same columns for theory and training.
///
/// Every row reaches the file by a single write, so that the file of a killed run ends with a whole row.
public final class TrajectoryFile {
  /// Which columns there are beside the parameters.
  public enum Clock: Sendable {
    case time
    /// Training also counts steps.
    case timeAndStep
  }

  private let handle: FileHandle
  private let path: String
  private let model: ModelDefinition
  private let clock: Clock

  /// Writes the header.
  public init(in folder: RunFolder, model: ModelDefinition, clock: Clock) throws {
    self.model = model
    self.clock = clock
    path = folder[.trajectory]
    try folder.write(Self.columns(model, clock).joined(separator: ",") + "\n", to: .trajectory)
    handle = try RunFolder.attempting(path) { [path] in
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try handle.seekToEnd()
      return handle
    }
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

  /// - Parameter step: written where the clock counts steps.
  public func append(time: Double, step: Int = 0, loss: Double, _ parameters: Parameters) throws {
    var fields = ["\(time)"]
    if case .timeAndStep = clock { fields.append("\(step)") }
    let numbers =
      [loss, parameters.scale] + parameters.attention.joined() + parameters.coefficients
      + parameters.attentionWeights.joined() + parameters.shares(model)
    fields += numbers.map { "\($0)" }
    let line = Data((fields.joined(separator: ",") + "\n").utf8)
    try RunFolder.attempting(path) { try handle.write(contentsOf: line) }
  }

  deinit { try? handle.close() }
}
