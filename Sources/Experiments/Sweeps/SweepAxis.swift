import Foundation

/// One factor of a sweep: keys that change together.
public struct SweepAxis: Sendable {
  enum Kind: Sendable {
    case values(SweepColumn)
    /// Of equal length.
    case zip([SweepColumn])
    case box(SweepBox)
    /// Repetitions, over which means are taken.
    case seeds(SweepColumn)
  }

  var kind: Kind
  let place: ConfigurationPlace

  /// How many points the axis has, at least 1.
  public var count: Int {
    switch kind {
    case .values(let column), .seeds(let column): column.count
    case .zip(let columns): columns[0].count
    case .box(let box): box.count
    }
  }

  var paths: [ConfigurationPath] {
    switch kind {
    case .values(let column), .seeds(let column): [column.key]
    case .zip(let columns): columns.map(\.key)
    case .box(let box): box.sides.map(\.key)
    }
  }

  public var isSeeds: Bool {
    if case .seeds = kind { true } else { false }
  }

  /// The values of all its keys at one point. O(keys).
  subscript(index: Int) -> [ConfigurationTree] {
    switch kind {
    case .values(let column), .seeds(let column): [column[index]]
    case .zip(let columns): columns.map { $0[index] }
    case .box(let box): box[index]
    }
  }
}

extension SweepAxis {
  /// `key.path=[v1, v2, ..]` of the command line, or a single value.
  ///
  /// - Throws: `ConfigurationError` for a text of another form, an empty list, or the same value twice.
  public init(_ text: String) throws {
    let place = ConfigurationPlace.variation(text)
    guard let override = Override(text) else {
      throw ConfigurationError(
        .syntax, at: place, keyPath: "", found: "no key and value",
        allowed: "key.path=[value, value, ..], such as initial.scale=[0.01, 0.1, 1]")
    }
    let value = try ConfigurationTree(yaml: override.value, at: place).placed(at: place)
    let cursor = Cursor(tree: value, path: "\(override.path)", folder: URL(fileURLWithPath: "/"))
    let values = if case .list = value.content { try SweepColumn.distinct(cursor) } else { [value] }
    kind = .values(SweepColumn(key: override.path, values: .list(values), place: place))
    self.place = place
  }

  /// An entry of `axes`.
  init(_ cursor: Cursor) throws {
    let section = try cursor.section("key", "list", "linear", "log", "zip", "sobol", "random", "seeds")
    place = cursor.tree.place
    let single = ["key", "list", "linear", "log"]
    switch try section.only(of: "key", "zip", "sobol", "random", "seeds") {
    case ("zip", let zip)?: kind = .zip(try Self.columns(zip))
    case ("sobol", let box)?: kind = .box(try SweepBox(sobol: box))
    case ("random", let box)?: kind = .box(try SweepBox(random: box))
    case ("seeds", let seeds)?: kind = .seeds(try Self.seeds(seeds))
    default:
      kind = .values(try SweepColumn(section))
      return
    }
    if let other = single.lazy.compactMap({ section[$0] }).first {
      throw other.error(.conflict, allowed: "nothing beside zip, sobol, random or seeds")
    }
  }

  private static func columns(_ zip: Cursor) throws -> [SweepColumn] {
    let columns = try zip.list(of: "keys with their values").map { entry in
      (cursor: entry, column: try SweepColumn(entry.section("key", "list", "linear", "log"), .allowed))
    }
    let count = columns[0].column.count
    if let other = columns.first(where: { $0.column.count != count }) {
      throw other.cursor.error(
        .conflict, found: "\(other.column.count) values of \(other.column.key)",
        allowed: "\(count), as \(columns[0].column.key) has")
    }
    var seen: Set<[String]> = []
    for index in 0..<count {
      guard seen.insert(columns.map { $0.column[index].line }).inserted else {
        throw zip.error(
          .outOfRange, found: "the same values for the second time, at place \(index + 1) of the lists",
          allowed: "every combination once")
      }
    }
    return columns.map(\.column)
  }

  /// `{key: source.prior.seed, list: [..]}`, or `count: 8` for 1...8.
  private static func seeds(_ cursor: Cursor) throws -> SweepColumn {
    let section = try cursor.section("key", "list", "count")
    let key = try section.required("key", "the key of a seed, such as source.prior.seed").keyPath()
    let values: SweepColumn.Values =
      switch try section.only(of: "list", "count") {
      case ("list", let list)?: .list(try SweepColumn.distinct(list))
      case (_, let count)?: .first(try count.integer(in: 1...SweepDefinition.mostCells))
      case nil: throw cursor.error(.missingKey, found: "no seeds", allowed: "list or count")
      }
    return SweepColumn(key: key, values: values, place: cursor.tree.place)
  }

  /// Reads back to the same axis.
  var tree: ConfigurationTree {
    switch kind {
    case .values(let column): column.tree
    case .zip(let columns): .map(["zip": .list(columns.map(\.tree))])
    case .box(let box): .map(pairs: [box.member])
    case .seeds(let column):
      if case .range = column.values {
        .map(["seeds": .map(["key": .text("\(column.key)"), "count": .integer(column.count)])])
      } else {
        .map(["seeds": column.tree])
      }
    }
  }
}
