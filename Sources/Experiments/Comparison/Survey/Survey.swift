import Foundation
import InductionModel
import MarkovChains

/// Theory and training over many random sources, a sweep of comparisons: do they select the same set, and are their models
/// the same?
public struct Survey: Sendable {
  public struct Row: Sendable {
    public let source: SourceConfiguration
    /// S*.
    public let selected: [Int]
    /// ΔĨ/Ĩ(S*).
    public let relativeGap: Double
    /// The sets of heads with the largest share, and the shares.
    public let theory: (set: [Int], share: Double)
    public let training: (set: [Int], share: Double)
    /// E TV between the predictions of the two models at the end.
    public let difference: Double
  }

  /// Of the sources that were compared.
  public let rows: [Row]
  /// Of the others: which, and why not.
  public let failures: [(number: Int, message: String)]
}

extension Survey {
  /// Writes `survey.md` from what the folder of a survey holds.
  ///
  /// - Throws: `RunFolderError`, `ConfigurationError`.
  public init(_ sweep: Sweep) throws {
    var (rows, failures): ([Row], [(number: Int, message: String)]) = ([], [])
    for number in 1...sweep.definition.count {
      let cell = try sweep.cell(number)
      switch try cell.standing() {
      case .done(let run, let stored):
        guard let summary = try cell.summaries(run, stored).first,
          let row = Row(cell.configuration.source, summary)
        else { throw RunFolderError.damaged(run[.summary], problem: "no summary of a comparison") }
        rows.append(row)
      case .failed(let message): failures.append((number, message))
      case .absent, .unfinished, .running: failures.append((number, "not run"))
      }
    }
    (self.rows, self.failures) = (rows, failures)
    try DurableFile.write(Data(table.utf8), to: "\(sweep.path)/survey.md")
  }
}

extension Survey.Row {
  /// nil for a summary of something else.
  fileprivate init?(_ source: SourceConfiguration, _ summary: JSON) {
    func number(_ path: String) -> Double? { SummaryPath(path)?.value(in: summary)?.double }
    func set(_ path: String) -> [Int]? {
      guard case .array(let members)? = SummaryPath(path)?.value(in: summary) else { return nil }
      return members.compactMap(\.whole)
    }
    guard let selected = set("information_set"), let flow = set("limit.theory.winner"),
      let flowShare = number("limit.theory.share"), let run = set("limit.training.seeds[0].winner"),
      let runShare = number("limit.training.seeds[0].share")
    else { return nil }
    self.source = source
    self.selected = selected
    relativeGap = number("relative_gap") ?? 0
    theory = (flow, flowShare)
    training = (run, runShare)
    difference = number("agreement.total_variation") ?? .nan
  }
}

extension Survey {
  /// Gaps below this fraction of Ĩ(S*) may go either way.
  public static let clearGap = 0.1

  /// Markdown: a row per source, and what they add up to.
  public var table: String {
    var lines = [
      "| d | parents | α | S* | ΔĨ/Ĩ | flow | p | training | p | TV |",
      "|---|---|---|---|---|---|---|---|---|---|",
    ]
    func digits(_ value: Double) -> String { String(format: "%.3f", value) }
    func set(_ members: [Int]) -> String { "{\(members.map(String.init).joined(separator: ","))}" }
    func concentration(_ source: SourceConfiguration) -> String {
      if case .prior(let prior) = source.kernels { "\(prior.concentration)" } else { "-" }
    }
    for row in rows {
      let fields = [
        "\(row.source.tokens)", set(row.source.parents), concentration(row.source), set(row.selected),
        digits(row.relativeGap), set(row.theory.set), digits(row.theory.share), set(row.training.set),
        digits(row.training.share), String(format: "%.4f", row.difference),
      ]
      lines.append("| \(fields.joined(separator: " | ")) |")
    }
    let failed = failures.map { "\nSource \($0.number) has no row: \($0.message)" }
    return (lines + ["", conclusion] + failed).joined(separator: "\n") + "\n"
  }

  public var conclusion: String {
    guard !rows.isEmpty else { return "No source has been compared." }
    let clear = rows.filter { $0.relativeGap >= Self.clearGap }
    let same = clear.filter { $0.theory.set == $0.training.set }
    let both = rows.filter { $0.theory.set == $0.selected && $0.training.set == $0.selected }
    let mean = both.reduce(0) { $0 + $1.difference } / Double(max(both.count, 1))
    let agreeing = rows.filter { $0.theory.set == $0.training.set }.count
    let ofClear =
      clear.isEmpty
      ? "No source has ΔĨ ≥ Ĩ(S*)/10. Flow and training select the same set in \(agreeing) of all \(rows.count)"
      : "Flow and training select the same set in \(same.count) of the \(clear.count) sources with ΔĨ ≥ Ĩ(S*)/10 "
        + "(in \(agreeing) of all \(rows.count))"
    return "\(ofClear). Both select S* in \(both.count)"
      + (both.isEmpty
        ? "."
        : "; there their predictions differ by \(String(format: "%.4f", mean)) in total variation on average, "
          + "at most \(String(format: "%.4f", both.map(\.difference).max() ?? 0)).")
  }
}
