import Foundation

/// When states are delivered. Times come from dense output and never force a step.
public enum OutputTimes: Hashable, Sendable, Codable {
  /// Only what events and the outcome report.
  case none
  /// The given times, in the direction of the integration, within its interval.
  case times([Double])
  /// So many equidistant times, start and end among them; at least 2.
  case linear(count: Int)
  /// So many times equidistant in log(1 + t − start), start and end among them; at least 2.
  case logarithmic(count: Int)
  /// The start and every accepted step.
  case everyStep

  /// The times of the grids; nil for every step.
  ///
  /// - Throws: `ProblemError.outOfRange` for times out of order or outside of the interval.
  public func grid(from start: Double, to end: Double) throws -> [Double]? {
    let direction: Double = end < start ? -1 : 1
    switch self {
    case .none: return []
    case .everyStep: return nil
    case .times(let times):
      var previous = start
      for time in times {
        let allowed = "times from \(start) to \(end) in order"
        try ProblemError.check(
          "output time", time,
          direction * time >= direction * previous && direction * time <= direction * end,
          allowed: allowed)
        previous = time
      }
      return times
    case .linear(let count):
      try ProblemError.check("number of outputs", Double(count), count >= 2, allowed: "2 or more")
      return (0..<count).map { index in
        index == count - 1 ? end : start + (end - start) * Double(index) / Double(count - 1)
      }
    case .logarithmic(let count):
      try ProblemError.check("number of outputs", Double(count), count >= 2, allowed: "2 or more")
      let span = log1p(abs(end - start))
      return (0..<count).map { index in
        index == count - 1 ? end : start + direction * expm1(span * Double(index) / Double(count - 1))
      }
    }
  }
}
