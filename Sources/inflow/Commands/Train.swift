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

      With several seeds each has its own folder in it, seed-1/ and so on. inflow resume goes on with a run that was \
      interrupted.
      """)

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("The folder of the run; it must be new or empty.", valueName: "dir"))
  var out: String

  func run() throws {
    let series = try TrainingSeries(common.experiment(), threads: common.execution.threads)
    let folder = try RunFolder(creating: out, existing: common.execution.force ? .replace : .refuse)
    try series.run(in: folder, Console(quiet: common.execution.quiet))
  }
}

extension TrainingSeries {
  /// Runs with progress on standard error, and prints what it came to.
  func run(in folder: RunFolder, _ console: Console) throws {
    for warning in configuration.warnings { console.warn(warning) }
    let summaries = try console.watching { watch in
      try run(
        in: folder,
        Observers(
          progress: { progress in watch.report(progress.fraction, at: progress.text) },
          isInterrupted: { watch.isInterrupted }))
    }
    Terminal.result(
      summaries.map(\.text).joined(separator: "\n") + "\nrun folder: \(folder.path)")
  }
}

extension TrainingSeries.Progress {
  fileprivate var text: String {
    let leader = leader()
    return "seed \(seed)  step \(step)  loss \(digits(loss))  p\(leader.set) \(digits(leader.share))"
  }
}

extension TrainingSummary {
  fileprivate var text: String {
    let leaders = selection.shares.prefix(3).map { "p\($0.set) = \(digits($0.share))" }.joined(
      separator: ", ")
    var line =
      "seed \(seed): \(end.step) steps to t = \(digits(end.time)), loss = \(digits(loss))"
      + (standardError.map { " (s.e. \(digits($0)))" } ?? "")
      + ", a = \(digits(selection.parameters.scale)), \(leaders)"
    if let selected = selection.selected { line += " (S* = \(selected.set))" }
    return line
  }
}
