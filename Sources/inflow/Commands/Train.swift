import ArgumentParser
import Experiments
import Foundation

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains the transformer with finite steps into a run folder.",
    discussion: """
      Example:
        inflow train Examples/two-parents.yaml --out run \\
          --set training.seeds=[1]

      Each seed has its own folder in it, seed-1/ and so on. The same command, or inflow resume, goes on with a run that \
      was interrupted.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var overwrite: OverwriteOptions

  @Option(
    help: ArgumentHelp(
      "The folder of the run: new, empty, or of the same run, which is gone on with.", valueName: "dir"))
  var out: String

  func run() throws {
    let execution = common.execution
    let task = try TrainingTask(common.experiment(), threads: execution.threads)
    try task.run(at: out, overwrite.run, Console(quiet: execution.quiet))
  }
}

extension TrainingTask {
  /// Runs with progress on standard error, and prints what it came to.
  func run(at path: String, _ existing: RunClaim.Existing, _ console: Console) throws {
    for warning in configuration.warnings { console.warn(warning) }
    let summaries = try console.watching { try run(at: path, existing, $0.observers) }
    try Terminal.result(summaries.map(\.text).joined(separator: "\n") + "\nrun folder: \(path)")
  }
}

extension TrainingSummary {
  var text: String {
    let leaders = selection.shares.prefix(3).map { "p\($0.set) = \(digits($0.share))" }.joined(
      separator: ", ")
    var line =
      "seed \(seed): \(end.step) steps to t = \(digits(end.time)), loss = \(digits(loss))"
      + (standardError.map { " (s.e. \(digits($0)))" } ?? "")
      + (selection.quantities.scale.map { ", a = \(digits($0))" } ?? "")
      + (leaders.isEmpty ? "" : ", \(leaders)")
    if let selected = selection.selected { line += " (S* = \(selected.set))" }
    return ([line] + StageEndings.lines(self).map { "  \($0)" }).joined(separator: "\n")
  }
}
