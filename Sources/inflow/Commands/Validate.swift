import ArgumentParser
import Experiments

struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads a configuration and says what would run: sizes, memory, steps, time.",
    discussion: """
      Example:
        inflow validate Examples/two-parents.yaml --set model.window=4
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    try Terminal.result(Outlook(common.experiment(), threads: common.execution.threads).text)
  }
}
