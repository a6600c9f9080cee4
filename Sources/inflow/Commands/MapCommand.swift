import ArgumentParser
import Experiments
import Foundation

struct MapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map",
    abstract: "Shows which set of heads wins over a grid of configurations, in theory and in training.",
    discussion: """
      Every combination of the values after --vary is one cell: its flow is integrated and its training run. Cells \
      run side by side on all threads; each is a run folder found by the content of its configuration, so that the \
      same command goes on with a map that was interrupted.

      Example:
        inflow map Examples/two-parents.yaml --out map --set training.stages[0].steps=200 \\
          --vary source.prior.dirichlet=[0.1,0.5,1] --vary initial.scale=[0.01,1]
      """)

  @OptionGroup var common: CommonOptions

  @Option(
    help: ArgumentHelp("The folder of the map; cells that are in it are taken as they are.", valueName: "dir")
  )
  var out: String

  @Option(
    name: .customLong("vary"), parsing: .singleValue,
    help: ArgumentHelp(
      "A key and the values that it takes. May be repeated.", valueName: "key.path=[v, v, ..]"))
  var axes: [String] = []

  func validate() throws {
    guard !axes.isEmpty else {
      throw ValidationError("--vary: found none, allowed: at least one, such as initial.scale=[0.01,0.1,1]")
    }
  }

  func run() throws {
    let map = try WinnerMap(
      common.config, overrides: common.overrides, axes: axes.map { try MapAxis($0) },
      threads: common.execution.threads)
    let table = try Console(quiet: common.execution.quiet).watching { watch in
      try map.run(
        in: out,
        progress: { watch.report(Double($0) / Double(map.count), at: "\($0) of \(map.count) cells") },
        isInterrupted: { watch.isInterrupted })
    }
    Terminal.result(table.text(in: out))
  }
}

extension WinnerTable {
  fileprivate func text(in folder: String) -> String {
    let names = axes.map(\.key) + Self.outcomes
    let shown = axes.map(\.key) + ["theory_winner", "theory_share", "training_winner", "training_share"]
    var table = TextTable(shown, shown.map { _ in .right })
    for row in rows {
      let fields = Dictionary(uniqueKeysWithValues: zip(names, row))
      table.add(
        shown.map { name in
          let value = fields[name] ?? ""
          if name.hasSuffix("winner") {
            return fields["failure"] == "" ? "{\(value.replacing(" ", with: ","))}" : "failed"
          }
          return name.hasSuffix("share") ? decimals(Double(value), 4) : value
        })
    }
    let counts = counts
    return table.text + "\n\n"
      + "of \(rows.count) cells the true parents win in \(counts.theory) in theory and in \(counts.training) in "
      + "training; both agree in \(counts.agree)"
      + (counts.failed > 0 ? "; \(counts.failed) failed, map.csv says why" : "") + "\nfolder: \(folder)"
  }
}
