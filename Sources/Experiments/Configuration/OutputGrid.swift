import Foundation

/// When rows are written.
public enum OutputGrid: Equatable, Sendable {
  public enum Spacing: String, CaseIterable, Sendable {
    case linear
    /// Equal steps of log(1 + t).
    case logarithmic
  }

  case points(Int, Spacing)
  /// Ascending.
  case times([Double])
  case everyStep
}

extension OutputGrid {
  /// The times in 0...end at which rows are due, both ends among them; nil where rows follow the steps.
  public func times(until end: Double) -> [Double]? {
    switch self {
    case .everyStep: nil
    case .times(let times): times.filter { $0 <= end }
    case .points(let count, let spacing):
      (0..<count).map { index in
        let fraction = Double(index) / Double(count - 1)
        return switch (index, spacing) {
        case (count - 1, _): end
        case (_, .linear): fraction * end
        case (_, .logarithmic): expm1(fraction * log1p(end))
        }
      }
    }
  }

  /// Makes sure that every time that is asked for comes.
  ///
  /// - Parameters:
  ///   - cursor: where the grid was read.
  ///   - end: the last time that can come; time in training is a sum of rates, so that it is met up to rounding.
  /// - Throws: `ConfigurationError` that names the first time behind the end.
  func check(_ cursor: Cursor?, until end: @autoclosure () -> Double?, of what: String) throws {
    guard case .times(let times) = self, let end = end(),
      let index = times.firstIndex(where: { $0 > end * (1 + 1e-9) }),
      let entries = try cursor?.section("times")["times"]?.list(of: "times")
    else { return }
    throw entries[index].error(
      .outOfRange, allowed: "times up to \(end), where \(what) end",
      suggestion: "leave out what comes later, or make the last stage longer")
  }

  /// Without times behind the end.
  func trimmed(to end: Double) -> OutputGrid {
    guard case .times(let times) = self else { return self }
    let kept = times.filter { $0 <= end * (1 + 1e-9) }
    return .times(kept.isEmpty ? [end] : kept)
  }

  init(_ cursor: Cursor?, points defaultPoints: Int) throws {
    guard let cursor else {
      self = .points(defaultPoints, .logarithmic)
      return
    }
    let section = try cursor.section("points", "spacing", "times", "every")
    switch try section.only(of: "points", "times", "every") {
    case ("times", let times)?: self = .times(try Self.ascending(times))
    case ("every", let every)?:
      guard every.word == "step" else { throw every.error(.outOfRange, allowed: "step") }
      self = .everyStep
    default:
      self = .points(
        try section["points"]?.integer(in: 2...1_000_000) ?? defaultPoints,
        try section["spacing"]?.choice(Spacing.self) ?? .logarithmic)
      return
    }
    if let spacing = section["spacing"] {
      throw spacing.error(.conflict, allowed: "spacing only together with points")
    }
  }

  private static func ascending(_ cursor: Cursor) throws -> [Double] {
    let entries = try cursor.list(of: "times")
    let times = try entries.map { try $0.number(.nonNegative) }
    for (index, pair) in zip(times, times.dropFirst()).enumerated() where pair.0 >= pair.1 {
      throw entries[index + 1].error(.outOfRange, allowed: "ascending times: more than \(pair.0) here")
    }
    return times
  }

  var tree: ConfigurationTree {
    switch self {
    case .points(let count, let spacing):
      .map(["points": .integer(count), "spacing": .word(spacing.rawValue)])
    case .times(let times): .map(["times": .list(times.map { .number($0) })])
    case .everyStep: .map(["every": .word("step")])
    }
  }
}
