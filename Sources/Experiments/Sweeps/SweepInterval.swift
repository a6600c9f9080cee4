import Foundation

/// The numbers between two ends, evenly or by their logarithms.
struct SweepInterval: Equatable, Sendable {
  enum Spacing: String, CaseIterable, Sendable {
    case linear, log
  }

  /// What becomes of the numbers between the ends.
  enum Rounding: String, CaseIterable, Sendable {
    /// To 12 significant digits: logarithms differ in the last digit from one machine to the next, cells may not.
    case digits
    case integer
  }

  let from: Double
  let to: Double
  let spacing: Spacing
  let rounding: Rounding

  /// The number at a fraction of the way; each integer has the same part of the way where they are asked for.
  ///
  /// - Parameter fraction: from 0 to 1.
  func value(at fraction: Double) -> Double {
    switch rounding {
    case .digits: Self.rounded(between(from, to, fraction), within: from, to)
    case .integer:
      Self.clamped((between(min(from, to) - 0.5, max(from, to) + 0.5, fraction)).rounded(), from, to)
    }
  }

  /// Number `index` of `points` that include both ends; integers exactly where the step is one.
  func value(_ index: Int, of points: Int) -> Double {
    if index == 0 { return from }
    if index == points - 1 { return to }
    if spacing == .linear, let exact = integer(index, of: points - 1) { return Double(exact) }
    let value = between(from, to, Double(index) / Double(points - 1))
    return rounding == .integer
      ? Self.clamped(value.rounded(), from, to) : Self.rounded(value, within: from, to)
  }

  private func between(_ from: Double, _ to: Double, _ fraction: Double) -> Double {
    switch spacing {
    // Both products are finite, as their difference need not be.
    case .linear: from * (1 - fraction) + to * fraction
    case .log: exp(Foundation.log(from) * (1 - fraction) + Foundation.log(to) * fraction)
    }
  }

  /// from + (to − from) · index / steps; nil unless it is an integer and both ends are.
  private func integer(_ index: Int, of steps: Int) -> Int? {
    guard let first = Self.integer(from), let last = Self.integer(to) else { return nil }
    let (whole, rest) = (last - first).quotientAndRemainder(dividingBy: steps)
    guard rest * index % steps == 0 else { return nil }
    return first + whole * index + rest * index / steps
  }

  private static func rounded(_ value: Double, within from: Double, _ to: Double) -> Double {
    clamped(Double(String(format: "%.11e", value)) ?? value, from, to)
  }

  private static func clamped(_ value: Double, _ from: Double, _ to: Double) -> Double {
    min(max(value, min(from, to)), max(from, to))
  }

  /// nil for what is none, or is so large that doubles skip integers there.
  static func integer(_ value: Double) -> Int? {
    value.magnitude < 0x1p53 ? Int(exactly: value) : nil
  }
}

extension SweepInterval {
  /// `from`, `to` and what else `section` has of `scale` and `round`.
  init(_ section: Section, spacing: Spacing) throws {
    let from = try section.required("from", "a number")
    let to = try section.required("to", "a number")
    let ends = try [from, to].map { try $0.number(spacing == .log ? .positive : .any) }
    rounding = try section["round"]?.choice(Rounding.self) ?? .digits
    if rounding == .integer {
      for (end, cursor) in zip(ends, [from, to]) where Self.integer(end) == nil {
        throw cursor.error(.wrongType, allowed: "an integer, beside round: integer")
      }
    }
    (self.from, self.to, self.spacing) = (ends[0], ends[1], spacing)
  }

  var members: [(key: String, value: ConfigurationTree)] {
    [("from", .shortest(from)), ("to", .shortest(to))]
      + (rounding == .digits ? [] : [("round", .word(rounding.rawValue))])
  }
}

extension ConfigurationTree {
  /// An integer as one, so that keys that want one take it.
  static func shortest(_ value: Double) -> Self {
    SweepInterval.integer(value).map { .integer($0) } ?? .number(value)
  }
}
