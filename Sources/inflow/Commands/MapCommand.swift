import ArgumentParser
import Experiments
import Foundation

struct MapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map",
    abstract: "Shows which set of heads wins over a grid of configurations, in theory and in training.",
    discussion: """
      Every combination of the values after --vary is one cell: its flow is integrated and the first seed of its \
      training run. Where both have one stage, the flow ends when training does. Cells run side by side on all \
      threads; each is a pair of run folders found by the content of its configuration, so that the same command \
      goes on with a map that was interrupted. With --force all cells are run anew.

      Example:
        inflow map Examples/two-parents.yaml --out map --set training.stages[0].steps=200 \\
          --vary source.prior.dirichlet=[0.1,0.5,1] --vary initial.scale=[0.01,1]
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var overwrite: OverwriteOptions

  @Option(
    help: ArgumentHelp(
      "The folder of the map; cells that are in it are taken as they are, unless an input file has changed.",
      valueName: "dir")
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
    let definition = try SweepDefinition.map(
      common.config, overrides: common.overrides, axes: axes.map { try SweepAxis($0) })
    let (execution, first) = (common.execution, try definition.configuration(ofCell: 1))
    if let note = first.theoryNote { Console(quiet: execution.quiet).tell(note) }
    let claim = try SweepClaim(definition, in: out, .succeed)
    defer { claim.release() }
    try claim.sweep.runAndTell(
      nil, overwrite.force ? .all : .failed, execution, Console(quiet: execution.quiet))
  }
}

extension WinnerTable {
  func text(in folder: String) -> String {
    let header = keys + ["theory_winner", "theory_share", "training_winner", "training_share"]
    var table = TextTable(header, header.map { _ in .right })
    for row in rows {
      func fields(_ side: String) -> [String] {
        guard row.failure == nil else { return ["failed", "-"] }
        let winner = row.outcomes["\(side)_winner"] ?? ""
        return [
          winner.isEmpty ? "-" : winner.replacing(" ", with: ","),
          decimals(row.outcomes["\(side)_share"].flatMap { Double($0) }, 4),
        ]
      }
      table.add(row.values + fields("theory") + fields("training"))
    }
    let counts = counts
    return table.text + "\n\n"
      + "of \(rows.count) cells the true parents win in \(counts.theory) in theory"
      + (isTrained
        ? " and in \(counts.training) in training; both agree in \(counts.agree)" : "; none was trained")
      + (counts.failed > 0 ? "; \(counts.failed) failed, map.csv says why" : "") + "\nfolder: \(folder)"
  }
}
