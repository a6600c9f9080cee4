import ArgumentParser
import Experiments
import Foundation
import Theory

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs theory and training from one start and says how far they are apart.",
    discussion: """
      Theory at every level asked and training over all seeds stand on one time axis, the sum of the rates. The table \
      shows where they differ most and by how many standard errors, and which induction head each ends in.

      Example:
        inflow compare Examples/two-parents.yaml --out comparison \\
          --level infinite-context --level leading-order
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var overwrite: OverwriteOptions

  @Option(
    help: ArgumentHelp(
      "The folder of the comparison: new, empty, or of the same one, which is gone on with.", valueName: "dir"
    ))
  var out: String

  @Option(
    name: .customLong("level"), parsing: .singleValue,
    help: ArgumentHelp(
      "A level of theory, by default the configuration's. May be repeated: "
        + TheoryLevel.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "level"))
  var levels: [TheoryLevel] = []

  @Option(
    help: ArgumentHelp("A folder of inflow train to compare with, instead of training.", valueName: "dir"))
  var training: String?

  @Option(
    name: .customLong("length"), parsing: .singleValue,
    help: ArgumentHelp(
      "Another context length at which the distance to the limiting model is measured. May be repeated; "
        + "by default 30, 100, 300 and 1000.", valueName: "L"))
  var lengths: [Int] = []

  @Option(help: ArgumentHelp("Fresh sequences for each length.", valueName: "n"))
  var sequences = 2048

  @Flag(help: "Also measures the order of every arrow from training to the explicit theory.")
  var ladder = false

  func validate() throws {
    try ValidationError.check("sequences", [sequences], in: 2...1 << 22)
    try ValidationError.check("length", lengths, in: 1...1 << 20)
    if Set(levels).count < levels.count { throw ValidationError("--level: every level once") }
  }

  /// The folder that is written must not hold the training that is read.
  private func checkApart() throws {
    func place(_ path: String) -> String {
      URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
    guard let training, "\(place(training))/".hasPrefix("\(place(out))/") else { return }
    throw ValidationError(
      "--out: found \(out), in which the run of --training lies; allowed: another folder")
  }

  func run() throws {
    let experiment = try common.experiment()
    let execution = common.execution
    var request = ComparisonRequest()
    if !levels.isEmpty { request.levels = levels }
    if !lengths.isEmpty { request.contexts = lengths }
    request.training = training
    request.sequences = sequences
    request.measuresLadder = ladder
    try checkApart()
    let comparison = try Comparison(experiment, request, threads: execution.threads)
    try comparison.run(at: out, overwrite.run, Console(quiet: execution.quiet))
  }
}

extension Comparison {
  /// Runs with progress on standard error, and prints what it came to.
  func run(at path: String, _ existing: RunClaim.Existing, _ console: Console) throws {
    for warning in warnings { console.warn(warning) }
    let report = try console.watching { try run(at: path, existing, $0.observers) }
    try Terminal.result(report.text(in: path))
  }
}
