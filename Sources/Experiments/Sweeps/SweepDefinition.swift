import Foundation

/// A list of configurations, called cells: a base and the axes that vary it.
///
/// The cells are the product of the axes, the last one fastest, counted from 1; without axes there is one. Each is
/// found on its own: memory does not depend on how many there are.
public struct SweepDefinition: Sendable {
  /// What a cell runs.
  public enum Work: String, CaseIterable, Sendable {
    case integrate, train, compare
    /// Flow and one seed of training, and which set won in each.
    case duel = "map"
  }

  /// What is made of the cells beside their folders.
  public enum Report: String, CaseIterable, Sendable {
    /// `sweep.csv`
    case table
    /// `map.csv`: which set won where.
    case map
    /// `survey.md`: theory against training over sources.
    case survey
  }

  /// A column of the table: a number, word or set in the summary of a cell.
  public struct Quantity: Sendable {
    public let name: String
    public let path: SummaryPath
  }

  public let work: Work
  /// What comparisons are asked for; of no meaning for other work.
  public internal(set) var request = ComparisonRequest()
  public internal(set) var report = Report.table
  public internal(set) var axes: [SweepAxis]
  public internal(set) var quantities: [Quantity]
  /// How many cells there are, at least 1.
  public let count: Int
  /// As written, with what the sweep sets.
  var base: ConfigurationTree
  /// What relative paths in the base are relative to.
  let folder: URL
  let name: String
  /// How far apart the cells of neighbouring points of an axis are.
  let strides: [Int]
  /// The first cell, from which the others differ in the sections of the axes alone; nil if it cannot be read.
  var firstCell: Configuration.Relative?

  /// A table of more rows would be no table, and as many folders no file system's joy.
  public static let mostCells = 10_000_000

  /// - Parameters:
  ///   - base: with its changes.
  ///   - settings: the keys that were changed, each with its place.
  /// - Throws: `ConfigurationError` where two of them set one key, or for more than `mostCells` cells.
  init(
    work: Work, base: SweepBase, axes: [SweepAxis], quantities: [Quantity] = [],
    at place: ConfigurationPlace = .configuration
  ) throws {
    try Self.checkIndependent(axes, base.settings)
    let names = Set(axes.flatMap { $0.paths.map(\.description) } + Self.columns)
    if let clash = quantities.first(where: { names.contains($0.name) }) {
      throw ConfigurationError(
        .conflict, at: place, keyPath: "collect.\(clash.name)", found: "the name of another column",
        allowed: "names other than \(Self.columns.joined(separator: ", ")) and the keys of the axes")
    }
    var (count, strides) = (1, [Int](repeating: 1, count: axes.count))
    for index in axes.indices.reversed() {
      strides[index] = count
      let (product, overflows) = count.multipliedReportingOverflow(by: axes[index].count)
      guard !overflows, product <= Self.mostCells else {
        let product = axes.map { "\($0.count)" }.joined(separator: " x ")
        throw ConfigurationError(
          .outOfRange, at: place, keyPath: "axes", found: "\(product) cells",
          allowed: "at most \(Self.mostCells)")
      }
      count = product
    }
    (self.work, self.axes, self.quantities, self.count, self.strides) = (
      work, axes, quantities, count, strides
    )
    (self.base, folder, name) = (base.tree, base.folder, base.name)
    firstCell = (try? configuration(ofCell: 1)).map { .init(configuration: $0, changed: sections) }
  }

  private var sections: Set<String> {
    Set(axes.flatMap { $0.paths.compactMap { if case .key(let key)? = $0.steps.first { key } else { nil } } })
  }

  /// Of a file, such as `--vary` varies.
  ///
  /// - Throws: `ConfigurationError`.
  public init(base path: String, overrides: [Override], work: Work, axes: [SweepAxis]) throws {
    try self.init(work: work, base: SweepBase(contentsOf: path, overrides: overrides), axes: axes)
  }

  /// What else the table has.
  private static let columns = ["cell", "status", "failure"]

  private static func checkIndependent(
    _ axes: [SweepAxis], _ settings: [(path: ConfigurationPath, place: ConfigurationPlace)]
  ) throws {
    var earlier: [ConfigurationPath] = []
    for axis in axes {
      for path in axis.paths {
        if let setting = settings.first(where: { path.contains($0.path) }) {
          throw ConfigurationError(
            .conflict, at: setting.place, keyPath: "\(setting.path)", found: "a key that an axis varies",
            allowed: "other keys than \(path)", suggestion: "leave it to the axis")
        }
        if let other = earlier.first(where: { $0.contains(path) || path.contains($0) }) {
          let isSame = other == path
          throw ConfigurationError(
            isSame ? .duplicateKey : .conflict, at: axis.place, keyPath: "\(path)",
            found: isSame ? "a key that is varied twice" : "an axis beside one of \(other)",
            allowed: "every key in one axis, and none inside of another",
            suggestion: isSame ? "give all its values to one axis" : nil)
        }
        earlier.append(path)
      }
    }
  }
}

/// What the axes of a sweep vary.
struct SweepBase {
  private(set) var tree: ConfigurationTree
  let folder: URL
  /// Of configurations that state none.
  let name: String
  private(set) var settings: [(path: ConfigurationPath, place: ConfigurationPlace)] = []

  init(_ tree: ConfigurationTree, folder: URL, name: String) {
    (self.tree, self.folder, self.name) = (tree, folder, name)
  }

  init(contentsOf path: String, overrides: [Override] = []) throws {
    let file = try ConfigurationFile(path)
    self.init(file.tree, folder: file.folder, name: file.defaultName)
    for override in overrides { try apply(override) }
  }

  mutating func set(_ value: ConfigurationTree, at path: ConfigurationPath) throws {
    try tree.set(value, at: path, Configuration.defaults(for: tree))
    settings.append((path, value.place))
  }

  mutating func apply(_ override: Override) throws {
    try tree.apply(override, defaults: Configuration.defaults(for: tree))
    settings.append((override.path, .override(override.text)))
  }
}
