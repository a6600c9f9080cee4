import InductionModel

/// A map's result, a row per cell.
public struct WinnerTable: Sendable {
  public let axes: [MapAxis]
  let results: [MapResult]

  init(axes: [MapAxis], results: [MapResult]) {
    self.axes = axes
    self.results = results
  }

  public static let outcomes = [
    "selected_set", "theory_winner", "theory_share", "theory_attention", "theory_scale", "theory_parents_win",
    "training_winner", "training_share", "training_attention", "training_scale", "training_parents_win",
    "agree",
    "cell", "failure",
  ]

  /// Values of the axes, then `outcomes`.
  public var rows: [[String]] {
    results.map { result in
      func fields(_ winner: MapCell.Winner?) -> [String] {
        guard let winner else { return ["", "", "", "", ""] }
        return [
          winner.set.label, "\(winner.share)", "\(winner.attention)", "\(winner.scale)",
          "\(result.parentsWin(winner) ?? false)",
        ]
      }
      let agreement =
        zip([result.theory].compactMap { $0 }, [result.training].compactMap { $0 }).map { $0.set == $1.set }
        .first
      return result.cell.values.map(\.value) + [result.selected?.set.label ?? ""] + fields(result.theory)
        + fields(result.training)
        + [agreement.map { "\($0)" } ?? "", String(result.cell.hash.prefix(16)), result.failure ?? ""]
    }
  }

  var csv: String {
    let header = axes.map(\.key) + Self.outcomes
    return ([header] + rows).map { row in
      row.map {
        $0.contains(where: { ",\"\n".contains($0) }) ? "\"\($0.replacing("\"", with: "\"\""))\"" : $0
      }
      .joined(separator: ",")
    }.joined(separator: "\n") + "\n"
  }

  /// Cells where the true parents win, where both agree, and that failed.
  public var counts: (theory: Int, training: Int, agree: Int, failed: Int) {
    (
      results.filter { $0.parentsWin($0.theory) == true }.count,
      results.filter { $0.parentsWin($0.training) == true }.count,
      results.filter { $0.theory != nil && $0.theory?.set == $0.training?.set }.count,
      results.filter { $0.failure != nil }.count
    )
  }
}
