import ArgumentParser
import Experiments
import Foundation

/// Where the cells of a sweep run.
struct SlurmOptions: ParsableArguments {
  enum Engine: String, CaseIterable, ExpressibleByArgument {
    case local, slurm
  }

  @Option(help: "local: in this process; slurm: as job arrays of a cluster.")
  var engine: Engine = .local

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Options that go through to sbatch, such as '--partition=short --time=30'.", valueName: "options"))
  var sbatch: String?

  @Option(
    name: .customLong("max-array"),
    help: ArgumentHelp(
      "The most tasks of one job array; by default as many as the cluster allows.", valueName: "n"))
  var maxArray: Int?

  @Option(
    name: .customLong("cells-per-task"),
    help: ArgumentHelp("How many cells a task runs; by default 1.", valueName: "n"))
  var cellsPerTask: Int?

  @Flag(help: "With slurm: waits for the tasks and gathers the table.")
  var wait = false

  func validate() throws {
    guard engine == .local else { return }
    let given = [
      sbatch.map { _ in "--sbatch" }, maxArray.map { _ in "--max-array" },
      cellsPerTask.map { _ in "--cells-per-task" }, wait ? "--wait" : nil,
    ]
    if let option = given.lazy.compactMap({ $0 }).first {
      throw ValidationError("\(option): found without a cluster, allowed: only with --engine slurm")
    }
  }
}

extension Sweep {
  /// Queues what is not done and not queued yet, waits if that was asked for, and says what came of it.
  func submit(
    _ asked: CellRanges?, _ again: SweepRepeat, _ options: SlurmOptions, _ execution: ExecutionOptions,
    _ console: Console
  ) throws {
    let engine = try SlurmEngine(
      options: SbatchOptions(options.sbatch ?? ""), maxArray: options.maxArray,
      cellsPerTask: options.cellsPerTask ?? 1)
    let queue = try SlurmQueue(of: path)
    let wanted = try cells(asked).intersection(try status(threads: execution.threads).cells(again))
    let submission = try console.watching { watch in
      try engine.submit(
        wanted.subtracting(queue.cells), of: path, again: again, executable: Self.executable,
        isInterrupted: { watch.isInterrupted })
    }
    let jobs = submission.jobs.isEmpty ? "" : ", job \(submission.jobs.joined(separator: ", "))"
    guard options.wait else {
      try Terminal.result(
        "queued: \(submission.cells) cells as \(submission.tasks) tasks\(jobs); \(queue.cells.count) were queued before\n"
          + "inflow sweep status \(path) says how far they are, inflow sweep collect \(path) gathers the table"
      )
      return
    }
    try console.watching { watch in
      try SlurmQueue.awaitEnd(
        of: path,
        progress: { queue in
          let left = queue.cells.count
          let fraction = 1 - Double(left) / Double(max(1, definition.count))
          watch.report(fraction, at: "\(left) cells queued or running\(jobs)")
        }, isInterrupted: { watch.isInterrupted })
    }
    try tell(execution.threads)
  }

  /// This program, as the nodes find it.
  private static var executable: String {
    let called = CommandLine.arguments[0]
    if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") { return path }
    return Bundle.main.executablePath ?? called
  }
}

extension SweepStatus {
  /// What is to be run.
  fileprivate func cells(_ again: SweepRepeat) -> CellRanges {
    switch again {
    case .none: pending
    case .failed: pending.union(failed)
    case .all: pending.union(failed).union(done)
    }
  }
}
