import Foundation
import InductionModel
import MarkovChains
import ODESolvers

/// Theory and training over many random sources: do they select the same set, and are their models the same?
public struct Survey: Sendable {
  public struct Row: Sendable {
    public let source: SurveySource
    public let selected: LagSet
    /// ΔĨ/Ĩ(S*).
    public let relativeGap: Double
    /// The sets of heads with the largest share, and the shares.
    public let theory: (set: HeadSet, share: Double)
    public let training: (set: HeadSet, share: Double)
    /// E TV between the predictions of the two models at the end.
    public let difference: Double
  }

  public let rows: [Row]
}

extension Survey {
  /// Runs every source into a folder of its own, side by side on the threads.
  ///
  /// - Throws: of the first source that failed, its error.
  public init(
    count: Int, seed: Int, in folder: String, threads: Int,
    progress: @escaping @Sendable (_ done: Int) -> Void,
    isInterrupted: @escaping @Sendable () -> Bool
  ) throws {
    let done = SharedCounter()
    rows = try Ensemble(threads: threads).map(count) { number in
      defer { progress(done.next()) }
      return try Self.row(
        SurveySource(number, seed: seed), in: "\(folder)/source-\(number + 1)", isInterrupted: isInterrupted)
    }.map { try $0.get() }
  }

  private static func row(
    _ source: SurveySource, in path: String, isInterrupted: @escaping @Sendable () -> Bool
  ) throws -> Row {
    let configuration = try Configuration(
      yaml: source.yaml, named: "survey",
      folder: URL(fileURLWithPath: FileManager.default.currentDirectoryPath))
    let experiment = try Experiment(configuration)
    var request = ComparisonRequest()
    request.contexts = []
    request.sequences = 512
    let folder = try RunFolder(creating: path, existing: .replace)
    let report = try Comparison(experiment, request, threads: 1).run(
      in: folder, .init(isInterrupted: isInterrupted))
    let inspection = try Inspection(experiment, threads: 1)
    guard let flow = report.theoryLimits.first?.report, let run = report.trainingLimits.first?.report else {
      throw RunFailure(.failure, "\(path): no end of theory or training")
    }
    let selected = inspection.selected
    let information = selected.information.mean
    return Row(
      source: source, selected: selected.set,
      relativeGap: information > 0 ? (selected.gap?.mean ?? 0) / information : 0,
      theory: (flow.winner, flow.share), training: (run.winner, run.share),
      difference: report.agreement.bySeed.first?.totalVariation.mean ?? .nan)
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
    for row in rows {
      let parents = row.source.parents.map(String.init).joined(separator: ",")
      let fields = [
        "\(row.source.tokens)", "{\(parents)}", "\(row.source.concentration)", row.selected.description,
        digits(row.relativeGap), row.theory.set.description, digits(row.theory.share),
        row.training.set.description, digits(row.training.share), String(format: "%.4f", row.difference),
      ]
      lines.append("| \(fields.joined(separator: " | ")) |")
    }
    return lines.joined(separator: "\n") + "\n\n" + conclusion + "\n"
  }

  public var conclusion: String {
    let clear = rows.filter { $0.relativeGap >= Self.clearGap }
    let same = clear.filter { $0.theory.set == $0.training.set }
    let both = rows.filter {
      $0.theory.set.members == $0.selected.members && $0.training.set.members == $0.selected.members
    }
    let mean = both.reduce(0) { $0 + $1.difference } / Double(max(both.count, 1))
    return
      "Flow and training select the same set in \(same.count) of the \(clear.count) sources with ΔĨ ≥ Ĩ(S*)/10 "
      + "(in \(rows.filter { $0.theory.set == $0.training.set }.count) of all \(rows.count)). Both select S* in "
      + "\(both.count); there their predictions differ by \(String(format: "%.4f", mean)) in total variation on average, "
      + "at most \(String(format: "%.4f", both.map(\.difference).max() ?? 0))."
  }
}
