import Foundation

/// Reading SWEEP.yaml.
extension SweepDefinition {
  /// The version of the format that this program reads and writes.
  static let format = 1

  /// - Parameter overrides: applied after `set`; their relative paths are relative to the current folder.
  /// - Throws: `ConfigurationError` with file, line and key path.
  public init(contentsOf path: String, overrides: [Override] = []) throws {
    let name = ConfigurationFile.name(of: path)
    try self.init(
      ConfigurationTree(contentsOf: path, at: .sweep(name, line: nil), "a sweep in YAML"), named: name,
      overrides)
  }

  /// - Parameter path: what messages call the text; relative paths in it are relative to the folder of this file.
  public init(yaml text: String, named path: String, overrides: [Override] = []) throws {
    try self.init(ConfigurationTree(yaml: text, at: .sweep(path, line: nil)), named: path, overrides)
  }

  private init(_ tree: ConfigurationTree, named path: String, _ overrides: [Override]) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    let section = try Cursor(tree: tree, path: "", folder: folder)
      .section("format", "base", "run", "report", "compare", "set", "axes", "collect")
    if let format = section["format"], try format.integer(in: 0...Int.max) != Self.format {
      throw format.error(.outOfRange, allowed: "\(Self.format), the only format that this version reads")
    }
    let work = try section.required(
      "run", "what a cell runs: \(Work.allCases.map(\.rawValue).joined(separator: ", "))"
    )
    .choice(Work.self)
    var base = try Self.base(section.required("base", "the name of a configuration, or its keys"))
    if let changes = section["set"] {
      for (path, value) in try Self.entries(changes, "key paths with their values") {
        try base.set(value.tree, at: path)
      }
    }
    for override in overrides { try base.apply(override) }
    try self.init(
      work: work, base: base, axes: section["axes"]?.list(of: "axes").map { try SweepAxis($0) } ?? [],
      quantities: section["collect"].map(Self.quantities) ?? [], at: tree.place.line(nil))
    report = try section["report"]?.choice(Report.self) ?? .table
    guard let options = section["compare"] else { return }
    guard work == .compare else {
      throw options.error(.conflict, allowed: "options of a comparison only with run: compare")
    }
    request = try ComparisonRequest(options)
  }

  private static func base(_ cursor: Cursor) throws -> SweepBase {
    guard case .map = cursor.tree.content else {
      return try SweepBase(contentsOf: cursor.file("the name of a configuration, or its keys").path)
    }
    return SweepBase(cursor.tree, folder: cursor.folder, name: "unnamed")
  }

  private static func entries(_ cursor: Cursor, _ what: String) throws
    -> [(path: ConfigurationPath, value: Cursor)]
  {
    guard case .map(let entries) = cursor.tree.content else {
      throw cursor.error(.wrongType, allowed: "a map of \(what)")
    }
    return try entries.map { key, tree in
      let value = Cursor(tree: tree, path: KeyPathText.joined(cursor.path, key), folder: cursor.folder)
      guard let path = ConfigurationPath(key) else {
        throw value.error(
          .syntax, found: "the key \(key)", allowed: "a key path such as \(ConfigurationPath.example)")
      }
      return (path, value)
    }
  }

  private static func quantities(_ cursor: Cursor) throws -> [Quantity] {
    guard case .map(let entries) = cursor.tree.content else {
      throw cursor.error(.wrongType, allowed: "a map of names with their paths in summary.json")
    }
    return try entries.map { name, tree in
      let value = Cursor(tree: tree, path: KeyPathText.joined(cursor.path, name), folder: cursor.folder)
      let text = try value.text("a path in summary.json")
      guard let path = SummaryPath(text) else {
        throw value.error(.syntax, allowed: "a path such as loss, 'shares.[1 2]' or 'stages[0].end'")
      }
      return Quantity(name: name, path: path)
    }
  }
}
