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
    guard (1...100_000).contains(count) else {
      throw ValidationError("--count: found \(count), allowed: an integer from 1 to 100000")
    }
    guard seed >= 0 else { throw ValidationError("--seed: found \(seed), allowed: an integer of at least 0") }
  }

  func run() throws {
    let folder = try RunFolder(creating: out, existing: execution.force ? .replace : .refuse)
    let interruption = Interruption()
    let bar = SharedBar(Console(quiet: execution.quiet).progressBar())
    let total = count
    let survey = try Survey(
      count: count, seed: seed, in: folder.path, threads: execution.threads,
      progress: { bar.update(Double($0) / Double(total), at: "\($0) of \(total) sources") },
      isInterrupted: { interruption.isRequested })
    bar.clear()
    Terminal.result(survey.table)
  }
}
