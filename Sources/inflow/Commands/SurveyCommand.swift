import ArgumentParser
import Experiments
import Foundation

struct SurveyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "survey",
    abstract: "Compares theory with training over random sources.",
    discussion: """
      Sources of 2 to 4 tokens, one to three parents among the last four tokens and Dirichlet priors from 0.3 to 1, \
      each trained for 600 steps at L = 1000. Prints a table in Markdown.

      Example:
        inflow survey --count 10 --out survey
      """)

  @Option(help: ArgumentHelp("How many sources.", valueName: "n"))
  var count = 50

  @Option(help: "Which sources.")
  var seed = 1

  @Option(help: ArgumentHelp("The folder of the comparisons; it must be new or empty.", valueName: "dir"))
  var out: String

  @OptionGroup var execution: ExecutionOptions

  func validate() throws {
    try ValidationError.check("count", [count], in: 1...100_000)
    guard seed >= 0 else { throw ValidationError("--seed: found \(seed), allowed: an integer of at least 0") }
  }

  func run() throws {
    let folder = try RunFolder(creating: out, existing: execution.force ? .replace : .refuse)
    let total = count
    let survey = try Console(quiet: execution.quiet).watching { watch in
      try Survey(
        count: total, seed: seed, in: folder.path, threads: execution.threads,
        progress: { watch.report(Double($0) / Double(total), at: "\($0) of \(total) sources") },
        isInterrupted: { watch.isInterrupted })
    }
    Terminal.result(survey.table)
  }
}
