import Flows
import Foundation

/// Whether a run stayed where its level of theory holds, as its rows show.
public struct RangeReport: Hashable, Sendable {
  /// The number at a time of the run.
  public struct Reading: Hashable, Sendable {
    public let time: Double
    public let value: Double
  }

  /// As in `LossRange`.
  public let name: String
  public let meaning: String
  public let bound: Double
  /// The first row beyond the bound; nil for a run that stayed inside.
  public let departure: Reading?
  /// nil where the number could not be computed.
  public let largest: Reading?

  /// nil for a level without a range, and for rows that do not tell.
  init?(_ range: LossRange?, _ table: TrajectoryTable) {
    guard let range, let values = table[range.name] else { return nil }
    (name, meaning, bound) = (range.name, range.meaning, range.bound)
    let readings = zip(table.times, values).map { Reading(time: $0, value: $1) }.filter { !$0.value.isNaN }
    departure = readings.first { $0.value > range.bound }
    largest = readings.max { $0.value < $1.value }
  }
}

extension RangeReport: CustomStringConvertible {
  public var description: String {
    func brief(_ value: Double) -> String { String(format: "%.3g", value) }
    guard let largest else { return "range unknown: \(meaning) needs more memory than there is" }
    guard let departure else {
      return "inside of its range: \(meaning) is at most \(brief(largest.value)); allowed: \(brief(bound))"
    }
    return
      "outside of its range from t = \(brief(departure.time)) on: \(meaning) is \(brief(departure.value)) "
      + "there, \(brief(largest.value)) at most; allowed: \(brief(bound))"
  }

  var json: JSON {
    func reading(_ reading: Reading?) -> JSON {
      reading.map { .object(["time": .number($0.time), "value": .number($0.value)]) } ?? .null
    }
    return .object([
      "quantity": .string(name), "bound": .number(bound),
      "holds": .boolean(departure == nil && largest != nil),
      "left": reading(departure), "largest": reading(largest), "explanation": .string(description),
    ])
  }
}
