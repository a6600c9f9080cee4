import Foundation

/// A key of the configuration and the values that it takes one after the other.
struct SweepColumn: Sendable {
  enum Values: Sendable {
    case list([ConfigurationTree])
    /// Both ends and what lies between them.
    case range(SweepInterval, points: Int)

    /// 1...count.
    static func first(_ count: Int) -> Self {
      .range(
        SweepInterval(from: 1, to: Double(count), spacing: .linear, rounding: .digits), points: count)
    }
  }

  let key: ConfigurationPath
  var values: Values
  let place: ConfigurationPlace

  var count: Int {
    switch values {
    case .list(let values): values.count
    case .range(_, let points): points
    }
  }

  /// O(1).
  subscript(index: Int) -> ConfigurationTree {
    switch values {
    case .list(let values): values[index]
    case .range(let interval, let points):
      ConfigurationTree.shortest(interval.value(index, of: points)).placed(at: place)
    }
  }
}

extension SweepColumn {
  /// Whether a list may say the same twice.
  enum Repeats {
    case refused, allowed
  }

  /// `{key: initial.scale, list: [..]}`, or `linear: {from, to, points}` or `log: {..}` for `list`.
  init(_ section: Section, _ repeats: Repeats = .refused) throws {
    key = try section.required("key", "a key path such as initial.scale").keyPath()
    place = section.cursor.tree.place
    switch try section.only(of: "list", "linear", "log") {
    case ("list", let list)?:
      values = .list(
        try repeats == .refused ? Self.distinct(list) : list.list(of: "values").map(\.tree))
    case (let spacing, let range)?:
      values = try Self.range(range, SweepInterval.Spacing(rawValue: spacing) ?? .linear)
    case nil:
      throw section.cursor.error(
        .missingKey, found: "no values for \(key)", allowed: "one of list, linear, log")
    }
  }

  /// - Throws: `ConfigurationError` for an empty list, or for one that says the same twice.
  static func distinct(_ list: Cursor) throws -> [ConfigurationTree] {
    var seen: Set<String> = []
    return try list.list(of: "values").map { entry in
      guard seen.insert(entry.tree.line).inserted else {
        throw entry.error(
          .outOfRange, found: "\(entry.tree.line) for the second time", allowed: "every value once")
      }
      return entry.tree
    }
  }

  private static func range(_ cursor: Cursor, _ spacing: SweepInterval.Spacing) throws -> Values {
    let section = try cursor.section("from", "to", "points", "round")
    let interval = try SweepInterval(section, spacing: spacing)
    let points = try section.required("points", "how many values, both ends among them")
      .integer(in: 2...SweepDefinition.mostCells)
    guard areDistinct(interval, points) else {
      throw cursor.error(
        .outOfRange, found: "\(points) points of which some are the same", allowed: "points that differ",
        suggestion: "ask for fewer points or for a wider range")
    }
    return .range(interval, points: points)
  }

  /// The points follow each other, so that neighbours suffice.
  private static func areDistinct(_ interval: SweepInterval, _ points: Int) -> Bool {
    var last = interval.from
    return (1..<points).allSatisfy { index in
      let before = last
      last = interval.value(index, of: points)
      return last != before
    }
  }

  var tree: ConfigurationTree {
    let values: (key: String, value: ConfigurationTree) =
      switch values {
      case .list(let values): ("list", .list(values))
      case .range(let interval, let points):
        (
          interval.spacing.rawValue,
          .map(pairs: interval.members + [("points", .integer(points))])
        )
      }
    return .map(pairs: [("key", .text("\(key)")), values])
  }
}

extension Cursor {
  /// A key path, as text.
  func keyPath() throws -> ConfigurationPath {
    let written = try text("a key path such as \(ConfigurationPath.example)")
    guard let path = ConfigurationPath(written) else {
      throw error(.syntax, allowed: "a key path such as \(ConfigurationPath.example)")
    }
    return path
  }
}
