/// Which set of heads wins, in theory and in training, over a grid of configurations: a sweep of duels.
extension SweepDefinition {
  /// - Throws: `ConfigurationError` that names the key of the first cell that cannot be, or of two axes that are one.
  public static func map(_ configuration: String, overrides: [Override], axes: [SweepAxis]) throws
    -> SweepDefinition
  {
    var definition = try SweepDefinition(base: configuration, overrides: overrides, work: .duel, axes: axes)
    definition.report = .map
    definition.quantities = winnerColumns.compactMap { name, path in
      SummaryPath(path).map { Quantity(name: name, path: $0) }
    }
    try definition.check()
    return definition
  }

  private static let winnerColumns = [
    ("selected_set", "selected_set"), ("theory_winner", "theory.winner"), ("theory_share", "theory.share"),
    ("theory_attention", "theory.attention"), ("theory_scale", "theory.scale"),
    ("theory_parents_win", "theory.parents_win"), ("training_winner", "training.winner"),
    ("training_share", "training.share"), ("training_attention", "training.attention"),
    ("training_scale", "training.scale"), ("training_parents_win", "training.parents_win"),
    ("agree", "agree"),
  ]
}

/// `map.csv`: a row a cell. An empty field is what is not known; the empty set is `{}`.
public struct WinnerTable: Sendable {
  public struct Row: Sendable {
    /// Of the axes, as YAML.
    public let values: [String]
    /// By column.
    public let outcomes: [String: String]
    /// nil for a cell that ran.
    public let failure: String?
  }

  public let keys: [String]
  public let rows: [Row]

  /// Writes `map.csv` from what the folder of a map holds.
  ///
  /// - Throws: `RunFolderError`.
  public init(_ sweep: Sweep, threads: Int) throws {
    let names = sweep.definition.quantities.map(\.name)
    keys = sweep.definition.keys
    var rows: [Row] = []
    _ = try sweep.write(to: "map.csv", keys + names + ["cell", "failure"], threads: threads) { row in
      rows.append(
        Row(
          values: row.values, outcomes: Dictionary(uniqueKeysWithValues: zip(names, row.fields)),
          failure: row.status == "done" ? nil : row.failure))
      return row.values + row.fields + [row.folder, row.failure]
    }
    self.rows = rows
  }

  /// Whether any cell has training.
  public var isTrained: Bool { rows.contains { $0.outcomes["training_winner"]?.isEmpty == false } }

  /// Cells where the true parents win, where both agree, and that failed.
  public var counts: (theory: Int, training: Int, agree: Int, failed: Int) {
    func count(_ column: String) -> Int { rows.filter { $0.outcomes[column] == "true" }.count }
    return (
      count("theory_parents_win"), count("training_parents_win"), count("agree"),
      rows.filter { $0.failure != nil }.count
    )
  }
}
