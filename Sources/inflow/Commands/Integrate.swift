import ArgumentParser
import Experiments
import Foundation

struct Integrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Derives the flow of the loss and integrates it into a run folder.",
    discussion: """
      Example:
        inflow integrate Examples/two-parents.yaml --out run \\
          --set theory.stages[0].until.time=100
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var overwrite: OverwriteOptions

  @Option(
    help: ArgumentHelp(
      "The folder of the run: new, empty, or of the same run, which is gone on with.", valueName: "dir"))
  var out: String

  func run() throws {
    let execution = common.execution
    let task = try FlowTask(common.experiment(), threads: execution.threads)
    try task.run(at: out, overwrite.run, Console(quiet: execution.quiet))
  }
}

extension FlowTask {
  /// Runs with progress on standard error, and prints what it came to.
  func run(at path: String, _ existing: RunClaim.Existing, _ console: Console) throws {
    for warning in experiment.configuration.warnings { console.warn(warning) }
    let summary = try console.watching { try run(at: path, existing, $0.observers) }
    try Terminal.result(summary.text(in: path))
  }
}

extension FlowSummary {
  fileprivate func text(in folder: String) -> String {
    func brief(_ value: Double?) -> String { digits(value, 6) }
    let model = configuration.model
    var lines = [
      "\(configuration.name): \(configuration.theory.level.rawValue) flow to t = \(brief(outcome.time)), "
        + "\(outcome.counts.accepted) steps, \(outcome.counts.evaluations) gradients",
      "loss = \(brief(loss)), a = \(brief(parameters.scale))",
      "shares: "
        + selection.shares.prefix(3).map { "p\($0.set) = \(brief($0.share))" }.joined(separator: ", "),
    ]
    let weights = parameters.quantities(model).weights
    let own = (1...model.heads).compactMap { head in
      model.ownLag(ofHead: head).map { lag in
        "\(head): \(brief(weights[head - 1][lag - model.lags(ofHead: head).lowerBound]))"
      }
    }
    lines.append("weight of each head's own lag: " + own.joined(separator: ", "))
    lines += StageEndings.lines(self)
    if let selected = selection.selected, let winner = selection.shares.first {
      let verdict =
        winner.set.members == selected.set.members ? "as selected" : "not the one of most information"
      lines.append("largest share: \(winner.set), \(verdict) (S* = \(selected.set))")
    }
    if let range { lines.append("\(configuration.theory.level.rawValue) is \(range)") }
    if let note = configuration.theoryNote { lines.append(note) }
    lines.append("run folder: \(folder)")
    return lines.joined(separator: "\n")
  }
}
