import ArgumentParser
import Experiments
import Foundation

struct Resume: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Goes on with what a folder holds, to the same bits as if it had never stopped.",
    discussion: """
      Examples:
        inflow resume run
        inflow resume run --set theory.stages[0].until.time=20000

      Takes the folder of every command that writes one. What is already done is left as it is. With --set a run of \
      integrate or train is made longer: more solver steps, a longer last stage, stages behind it, more seeds.
      """)

  @Argument(help: "The folder of the run.", completion: .directory)
  var folder: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Makes the run longer; the value is YAML. May be repeated.", valueName: "key.path=value"))
  var overrides: [Override] = []

  @OptionGroup var execution: ExecutionOptions

  func run() throws {
    let console = Console(quiet: execution.quiet)
    if Sweep.isThere(folder) { return try resumeSweep(console) }
    switch try ResumedRun(folder, overrides, threads: execution.threads).task {
    case .flow(let task): try task.run(at: folder, .keep, console)
    case .training(let task): try task.run(at: folder, .keep, console)
    case .seed(let task):
      let summary = try console.watching { try task.run(at: folder, .keep, $0.observers) }
      try Terminal.result("\(summary.text)\nrun folder: \(folder)")
    case .comparison(let task): try task.run(at: folder, .keep, console)
    case .baselines(let task): try task.run(at: folder, .keep, console)
    case .duel(let task):
      try console.watching { try task.run(at: folder, .keep, $0.observers) }
      try Terminal.result("run folder: \(folder)")
    }
  }

  private func resumeSweep(_ console: Console) throws {
    guard overrides.isEmpty else {
      throw ValidationError(
        "--set: a sweep is changed in its file; allowed: no --set beside a sweep's folder")
    }
    let claim = try SweepClaim(of: folder)
    defer { claim.release() }
    try claim.sweep.runAndTell(nil, .none, execution, console)
  }
}
