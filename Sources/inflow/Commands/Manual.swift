import ArgumentParser
import Experiments

struct Manual: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the manual page.",
    discussion: """
      Example:
        inflow manual > inflow.1

      make install puts it where man finds it.
      """)

  func run() throws { try Terminal.result(ManualPage.text()) }
}
