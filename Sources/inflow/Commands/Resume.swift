import ArgumentParser
import Experiments
import Foundation

struct Resume: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Goes on with a run from its last checkpoint, to the same bits as an uninterrupted one.",
    discussion: """
      Example:
        inflow resume run

      What is already done is left as it is: of several seeds only those that are not finished run.
      """)

  @Argument(help: "The folder of the run.", completion: .directory)
  var folder: String

  @OptionGroup var execution: ExecutionOptions

  func run() throws {
    let folder = try RunFolder(of: folder)
    let stored = try StoredManifest(folder)
    let experiment = try Experiment(Configuration(contentsOf: folder[.configuration]))
    try stored.check(experiment.configuration, in: folder)
    let console = Console(quiet: execution.quiet)
    switch stored.command {
    case "train": try TrainingSeries(experiment, threads: execution.threads).run(in: folder, console)
    case "integrate": try FlowRun(experiment, threads: execution.threads).run(in: folder, console)
    case let command: throw RunFolderError.notResumable(folder.path, command: command)
    }
  }
}
