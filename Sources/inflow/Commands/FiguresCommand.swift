import ArgumentParser
import Experiments
import Foundation

struct FiguresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures",
    abstract: "Makes the numbers behind figures, and the notebooks that draw them.",
    discussion: """
      Each figure is a folder of CSV tables, figure.json, which describes them, and figure.ipynb, which draws them with \
      NumPy, pandas and matplotlib. The same command goes on with a figure that was interrupted; the same numbers come out \
      on every run and for any number of threads.

      Examples:
        inflow figures --list
        inflow figures selection-over-scale --out figures --quick
      """)

  @Argument(
    help: ArgumentHelp("Figures; by default all.", valueName: "name"),
    completion: .list(Figures.all.map(\.name)))
  var names: [String] = []

  @Option(help: ArgumentHelp("The folder of the figures.", valueName: "dir"))
  var out: String?

  @Flag(help: "Fewer and smaller runs, to see that all goes well.")
  var quick = false

  @Flag(
    help: "Executes the notebooks, by Python in an environment of its own in the user's cache folder.")
  var execute = false

  @Flag(help: "Prints the names and titles of the figures.")
  var list = false

  @OptionGroup var execution: ExecutionOptions
  @OptionGroup var overwrite: OverwriteOptions

  func validate() throws {
    guard list || out != nil else {
      throw ValidationError("--out: found none, allowed: the folder of the figures, or --list")
    }
  }

  func run() throws {
    guard !list, let out else { return try Terminal.result(table) }
    let maker = try FigureMaker(names, in: out, quick ? .quick : .full, overwrite.run)
    defer { maker.release() }
    let console = Console(quiet: execution.quiet)
    let folders = try console.watching { try maker.make(threads: execution.threads, $0.observers) }
    try Terminal.result(folders.map { "figure: \($0)" }.joined(separator: "\n"))
    guard execute else { return }
    let python = try PythonEnvironment(tell: console.tell)
    try console.watching { try maker.execute(folders, python, $0.observers) }
  }

  private var table: String {
    get throws {
      var table = TextTable(["figure", "title"], [.left, .left])
      for figure in try Figures.named(names) { table.add([figure.name, figure.title]) }
      return table.text
    }
  }
}
