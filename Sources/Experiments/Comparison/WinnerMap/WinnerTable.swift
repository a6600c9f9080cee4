import InductionModel

/// A map's result, a row per cell.
public struct WinnerTable: Sendable {
  public struct Row: Sendable {
    /// Of the axes, as YAML.
    public let values: [String]
    public let result: MapResult
  }

  public let axes: [MapAxis]
  public let rows: [Row]
  /// Whether any cell has training.
  public let isTrained: Bool

  /// Cells where the true parents win, where both agree, and that failed.
  public var counts: (theory: Int, training: Int, agree: Int, failed: Int) {
    let results = rows.map(\.result)
    return (
      results.filter { $0.theory?.isParents == true }.count,
      results.filter { $0.training?.isParents == true }.count,
      results.filter { $0.agrees == true }.count,
      results.filter { $0.failure != nil }.count
    )
  }
}

/// `map.csv`. An empty field is what is not known; the empty set is `{}`.
extension WinnerTable {
  private static let outcomes = [
    "selected_set", "theory_winner", "theory_share", "theory_attention", "theory_scale", "theory_parents_win",
    "training_winner", "training_share", "training_attention", "training_scale", "training_parents_win",
    "agree", "cell", "failure",
  ]

  var csv: String {
    let header = axes.map(\.key) + Self.outcomes
    return ([header] + rows.map(Self.fields)).map { row in
      row.map(Self.quoted).joined(separator: ",") + "\n"
    }.joined()
  }

  private static func fields(_ row: Row) -> [String] {
    let result = row.result
    func fields(_ winner: MapWinner?) -> [String] {
      guard let winner else { return ["", "", "", "", ""] }
      return [
        "{\(winner.set.label)}", "\(winner.share)", "\(winner.attention)", "\(winner.scale)",
        "\(winner.isParents)",
      ]
    }
    let selected = result.selected.map { "{\($0.label)}" } ?? ""
    let agrees = result.agrees.map { "\($0)" } ?? ""
    let winners = fields(result.theory) + fields(result.training)
    return row.values + [selected] + winners + [agrees, result.folder, result.failure ?? ""]
  }

  private static func quoted(_ field: String) -> String {
    field.contains { ",\"\r\n".contains($0) } ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
  }
}
