import ArgumentParser
import Experiments
import Foundation

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Runs many configurations: a base and the axes that vary it.",
    discussion: """
      Examples:
        inflow sweep Examples/sweeps/scale-and-prior.yaml --out sweep
        inflow sweep Examples/sweeps/scale-and-prior.yaml --out sweep --engine slurm --sbatch '--time=10'
        inflow sweep status sweep
        inflow sweep collect sweep
        inflow sweep run sweep --cells 3,7-9

      The same command goes on with what is not done. docs/sweeps.md describes the file.
      """,
    subcommands: [Start.self, Run.self, Status.self, Collect.self], defaultSubcommand: Start.self)
}

extension SweepCommand {
  struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "start",
      abstract: "Runs all cells, or hands them to Slurm.",
      discussion: """
        Cells that are done are left as they are, those that failed are listed. With --force the sweep takes the place of \
        another one in the folder, and all cells are run anew.

        Example:
          inflow sweep Examples/sweeps/scale-and-prior.yaml --out sweep
        """)

    @Argument(help: "The sweep, a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(help: ArgumentHelp("The folder of the sweep.", valueName: "dir"))
    var out: String

    @Option(
      name: .customLong("set"), parsing: .singleValue,
      help: ArgumentHelp(
        "Overrides a key of the base; the value is YAML. May be repeated.", valueName: "key.path=value"))
    var overrides: [Override] = []

    @Option(help: ArgumentHelp("Only these cells, such as 3,7-9.", valueName: "cells"))
    var cells: CellRanges?

    @Flag(help: "Runs the cells that failed once more.")
    var retry = false

    @OptionGroup var slurm: SlurmOptions
    @OptionGroup var execution: ExecutionOptions
    @OptionGroup var overwrite: OverwriteOptions

    func run() throws {
      let definition = try SweepDefinition(contentsOf: file, overrides: overrides)
      let claim = try SweepClaim(definition, in: out, overwrite.force ? .succeed : .refuse)
      defer { claim.release() }
      let again: SweepRepeat = overwrite.force ? .all : retry ? .failed : .none
      let console = Console(quiet: execution.quiet)
      switch slurm.engine {
      case .local: try claim.sweep.runAndTell(cells, again, execution, console)
      case .slurm: try claim.sweep.submit(cells, again, slurm, execution, console)
      }
    }
  }

  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Runs some cells of a sweep that is there; what a task of a cluster calls.",
      discussion: """
        Tables are left to collect. The exit status is 1 where a cell failed.

        Example:
          inflow sweep run sweep --cells 3,7-9
        """)

    @Argument(help: "The folder of the sweep.", completion: .directory)
    var folder: String

    @Option(
      name: [.customLong("cells"), .customLong("cell")],
      help: ArgumentHelp("Which cells, such as 3,7-9; by default all.", valueName: "cells"))
    var cells: CellRanges?

    @Flag(help: "Runs the cells that failed once more.")
    var retry = false

    @OptionGroup var execution: ExecutionOptions
    @OptionGroup var overwrite: OverwriteOptions

    func run() throws {
      let sweep = try Sweep(of: folder)
      let again: SweepRepeat = overwrite.force ? .all : retry ? .failed : .none
      let counts = try Console(quiet: execution.quiet).watching { watch in
        try sweep.run(cells, again: again, threads: execution.threads, watch.observers)
      }
      try Terminal.result("\(counts.done) done, \(counts.failed) failed")
      if counts.failed > 0 { throw ExitCode(Failure.computation) }
    }
  }

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says how the cells stand, also while they run.",
      discussion: """
        Example:
          inflow sweep status sweep
        """)

    @Argument(help: "The folder of the sweep.", completion: .directory)
    var folder: String

    @OptionGroup var execution: ExecutionOptions

    func run() throws {
      let sweep = try Sweep(of: folder)
      try Terminal.result(sweep.status(threads: execution.threads).text(of: sweep))
    }
  }

  struct Collect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Gathers sweep.csv from the cells' folders, and says what is missing.",
      discussion: """
        Example:
          inflow sweep collect sweep
        """)

    @Argument(help: "The folder of the sweep.", completion: .directory)
    var folder: String

    @OptionGroup var execution: ExecutionOptions

    func run() throws {
      try Sweep(of: folder).tell(execution.threads)
    }
  }
}

extension Sweep {
  /// Runs here, gathers the tables and says what came of it.
  func runAndTell(
    _ cells: CellRanges?, _ again: SweepRepeat, _ execution: ExecutionOptions, _ console: Console
  )
    throws
  {
    do {
      _ = try console.watching { watch in
        try run(cells, again: again, threads: execution.threads, watch.observers)
      }
    } catch let failure as RunFailure where failure.isInterruption {
      // What is done stands in the tables; the interruption is what to tell.
      _ = try? report(execution.threads)
      throw failure
    }
    try tell(execution.threads)
  }

  func tell(_ threads: Int) throws {
    let (text, failed) = try report(threads)
    try Terminal.result(text)
    if failed > 0 { throw ExitCode(Failure.computation) }
  }

  private func report(_ threads: Int) throws -> (text: String, failed: Int) {
    switch definition.report {
    case .table: try collected(threads)
    case .map:
      try {
        let table = try WinnerTable(self, threads: threads)
        return (table.text(in: path), table.counts.failed)
      }()
    case .survey:
      try {
        _ = try collect(threads: threads)
        let survey = try Survey(self)
        return (survey.table + "folder: \(path)", survey.failures.count)
      }()
    }
  }

  private func collected(_ threads: Int) throws -> (text: String, failed: Int) {
    let found = try collect(threads: threads)
    var lines = ["\(found.done) of \(definition.count) cells are done"]
    if found.failed > 0 { lines.append("\(found.failed) failed; sweep.csv says why") }
    if !found.missing.isEmpty {
      lines.append("missing: cells \(found.missing); inflow resume \(path) goes on with them")
    }
    lines += found.problems.map { "warning: \($0)" }
    return ((lines + ["table: \(path)/sweep.csv"]).joined(separator: "\n"), found.failed)
  }
}

extension SweepStatus {
  fileprivate func text(of sweep: Sweep) -> String {
    var table = TextTable(["", "cells", ""], [.left, .right, .left])
    for (name, cells) in [
      ("done", done), ("failed", failed), ("running", running), ("unfinished", unfinished),
      ("not begun", absent),
    ] where !cells.isEmpty {
      table.add([name, "\(cells.count)", "\(cells)"])
    }
    return table.text + "\n" + "\(sweep.definition.count) cells in \(sweep.path)"
  }
}

extension CellRanges: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
