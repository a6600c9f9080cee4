import ArgumentParser
import Experiments
import Foundation

/// The command `inflow`.
@main
struct Inflow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inflow",
    abstract: "Derives and integrates the training dynamics of a two-attention-layer transformer.",
    discussion: """
      A configuration in YAML describes the source of the sequences, the model, its loss and its start.

        inflow validate Examples/two-parents.yaml
        inflow inspect Examples/two-parents.yaml
        inflow integrate Examples/two-parents.yaml --out run

      Exit status: 0 done, 1 the computation failed, 64 wrong usage, 65 bad input, 130 interrupted.
      """,
    version: Provenance.version,
    subcommands: [
      Validate.self, Inspect.self, Derive.self, Evaluate.self, Integrate.self, Train.self, Resume.self,
      Compare.self, MapCommand.self, SweepCommand.self, Generalize.self, BaselinesCommand.self,
      SurveyCommand.self, FiguresCommand.self, ReportCommand.self, InitCommand.self, SampleCommand.self,
      Manual.self,
    ])

  static func main() {
    Terminal.holdClosedStreams()
    ProgramStart.prepare()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Failure.exit(error)
    }
  }
}
