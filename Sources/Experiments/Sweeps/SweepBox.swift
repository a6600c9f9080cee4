import MarkovChains

/// Points in a box of several keys at once: evenly spread, or random.
struct SweepBox: Sendable {
  struct Side: Sendable {
    let key: ConfigurationPath
    let interval: SweepInterval
    let place: ConfigurationPlace
  }

  enum Points: Sendable {
    case sobol(SobolSequence)
    /// Independent and uniform; each from the seed and its own number alone.
    case random(seed: Int)
  }

  let sides: [Side]
  let points: Points
  let count: Int

  /// O(sides · log points).
  subscript(index: Int) -> [ConfigurationTree] {
    sides.enumerated().map { dimension, side in
      .shortest(side.interval.value(at: coordinate(dimension, ofPoint: index))).placed(at: side.place)
    }
  }

  private func coordinate(_ dimension: Int, ofPoint index: Int) -> Double {
    switch points {
    case .sobol(let sequence): sequence.coordinate(dimension, ofPoint: index + 1)
    case .random(let seed): Self.uniform(seed: seed, point: index, dimension: dimension)
    }
  }

  private static func uniform(seed: Int, point: Int, dimension: Int) -> Double {
    var generator = CounterGenerator(
      seed: UInt64(seed), place: DrawPlace(.sweep, step: point), number: UInt32(dimension))
    return generator.uniform()
  }
}

extension SweepBox {
  /// `{points: 64, keys: {initial.own: {from: 0, to: 3}, ..}}`.
  init(sobol cursor: Cursor) throws {
    let section = try cursor.section("points", "keys")
    (count, sides) = try (Self.count(section), Self.sides(section))
    do {
      points = .sobol(try SobolSequence(dimensions: sides.count, points: count))
    } catch {
      throw cursor.error(
        .outOfRange, found: "\(sides.count) keys",
        allowed: "at most \(SobolSequence.mostDimensions) keys in a Sobol sequence",
        suggestion: "random takes any number")
    }
  }

  /// `{points: 64, seed: 1, keys: {initial.own: {from: 0, to: 3}, ..}}`.
  init(random cursor: Cursor) throws {
    let section = try cursor.section("points", "seed", "keys")
    (count, sides) = try (Self.count(section), Self.sides(section))
    points = .random(seed: try section["seed"]?.seed() ?? 1)
  }

  private static func count(_ section: Section) throws -> Int {
    try section.required("points", "how many points").integer(in: 1...SweepDefinition.mostCells)
  }

  private static func sides(_ section: Section) throws -> [Side] {
    let keys = try section.required("keys", "a map of keys with the ends of their ranges")
    guard case .map(let entries) = keys.tree.content, !entries.isEmpty else {
      throw keys.error(.wrongType, allowed: "a map such as {initial.own: {from: 0, to: 3}}")
    }
    return try entries.map { key, tree in
      let cursor = Cursor(tree: tree, path: KeyPathText.joined(keys.path, key), folder: keys.folder)
      guard let path = ConfigurationPath(key) else {
        throw cursor.error(
          .syntax, found: "the key \(key)", allowed: "a key path such as \(ConfigurationPath.example)")
      }
      let section = try cursor.section("from", "to", "scale", "round")
      let scale = try section["scale"]?.choice(SweepInterval.Spacing.self) ?? .linear
      return Side(
        key: path, interval: try SweepInterval(section, spacing: scale), place: tree.place)
    }
  }

  /// The name of the axis and what stands behind it.
  var member: (key: String, value: ConfigurationTree) {
    let sides = sides.map { side in
      let scale: [(key: String, value: ConfigurationTree)] =
        side.interval.spacing == .linear ? [] : [("scale", .word(side.interval.spacing.rawValue))]
      return (key: "\(side.key)", value: ConfigurationTree.map(pairs: side.interval.members + scale))
    }
    let size = (key: "points", value: ConfigurationTree.integer(count))
    let keys = (key: "keys", value: ConfigurationTree.map(pairs: sides))
    return switch points {
    case .sobol: ("sobol", .map(pairs: [size, keys]))
    case .random(let seed): ("random", .map(pairs: [size, ("seed", .integer(seed)), keys]))
    }
  }
}
