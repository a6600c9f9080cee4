import ArgumentParser
import Experiments

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Makes a notebook of the pictures that one draws first of what a folder holds.",
    discussion: """
      Takes the folder of integrate, train, compare, map, survey or sweep, also while it is being written, or the table of \
      generalize --out. The notebook needs NumPy, pandas and matplotlib; --execute and --format bring their own, in the user's \
      cache folder.

      Examples:
        inflow report demo-run
        inflow report demo-run --execute
        inflow report demo-run --format svg
      """)

  @Argument(
    help: ArgumentHelp("The folder of a run, or the table of generalize.", valueName: "dir"),
    completion: .directory)
  var path: String

  @Option(help: ArgumentHelp("Where to; by default the folder report in the run's.", valueName: "dir"))
  var out: String?

  @Flag(help: "Executes the notebook, and makes report.html of it: one page that needs nothing else.")
  var execute = false

  @Option(
    help: ArgumentHelp("Draws the pictures into files: png, svg or pdf.", valueName: "format"))
  var format: ReportFolder.Format?

  @OptionGroup var execution: ExecutionOptions
  @OptionGroup var overwrite: OverwriteOptions

  func run() throws {
    let folder = try ReportFolder(Report(of: path, threads: execution.threads), in: out, overwrite.run)
    try Terminal.result("notebook: \(folder.write())")
    guard execute || format != nil else { return }
    let console = Console(quiet: execution.quiet)
    let python = try PythonEnvironment(tell: console.tell)
    try console.watching { watch in
      if let format {
        let pictures = try folder.draw(format, python) { watch.isInterrupted }
        try Terminal.result(pictures.map { "picture: \($0)" }.joined(separator: "\n"))
      }
      if execute { try Terminal.result("page: \(folder.execute(python) { watch.isInterrupted })") }
    }
  }
}

extension ReportFolder.Format: ExpressibleByArgument {}
