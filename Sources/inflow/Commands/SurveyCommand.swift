import ArgumentParser
import Experiments
import Foundation

struct SurveyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "survey",
    abstract: "Compares theory with training over random sources.",
    discussion: """
      Sources of 2 to 4 tokens, one to three parents among the last four tokens and Dirichlet priors from 0.3 to 1, \
      each trained for 600 steps at L = 1000. Prints a table in Markdown, which also stands in survey.md. The same command \
      goes on with sources that are not done.

      Example:
        inflow survey --count 10 --out survey
      """)

  @Option(help: ArgumentHelp("How many sources.", valueName: "n"))
  var count = 50

  @Option(help: "Which sources.")
  var seed = 1

  @Option(help: ArgumentHelp("The folder of the comparisons.", valueName: "dir"))
  var out: String

  @OptionGroup var execution: ExecutionOptions
  @OptionGroup var overwrite: OverwriteOptions

  func validate() throws {
    try ValidationError.check("count", [count], in: 1...100_000)
    guard seed >= 0 else { throw ValidationError("--seed: found \(seed), allowed: an integer of at least 0") }
  }

  func run() throws {
    let definition = try SweepDefinition.survey(count: count, seed: seed)
    let claim = try SweepClaim(definition, in: out, overwrite.force ? .succeed : .refuse)
    defer { claim.release() }
    try claim.sweep.runAndTell(
      nil, overwrite.force ? .all : .failed, execution, Console(quiet: execution.quiet))
  }
}
