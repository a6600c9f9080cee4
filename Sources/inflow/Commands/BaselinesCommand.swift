import ArgumentParser
import Experiments
import Foundation

struct BaselinesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baselines",
    abstract:
      "Measures models, what is left of them without a part, and in-context estimators on the same sequences.",
    discussion: """
      The model is trained, or read from a run; each ablation is trained with the same budget. Beside them stand counts, \
      posterior means, induction heads, the Bayes average over parents, context-tree weighting and the true kernel.

      Example:
        inflow baselines Examples/two-parents.yaml --out baselines \\
          --set training.seeds=[1] --length 30 --length 1000

      baselines.csv has every predictor at every length, features.csv what the second layers attend to.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var overwrite: OverwriteOptions

  @Option(
    help: ArgumentHelp(
      "The folder of the baselines: new, empty, or of the same ones, which are gone on with.",
      valueName: "dir"))
  var out: String

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "A folder of inflow train or integrate whose models are measured, instead of training the model.",
      valueName: "dir"))
  var measured: String?

  @Option(
    name: .customLong("length"), parsing: .singleValue,
    help: ArgumentHelp(
      "A context length; may be repeated. By default that of training and 10, 30, 100, 300 and 1000.",
      valueName: "L"))
  var lengths: [Int] = []

  @Option(
    name: .customLong("ablation"), parsing: .singleValue,
    help: ArgumentHelp(
      "A part to take away; may be repeated. By default every one that the model has: "
        + Ablation.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "name"))
  var ablations: [Ablation] = []

  @Flag(help: "Trains no ablations.")
  var noAblations = false

  @Option(help: ArgumentHelp("Fresh sequences for each length.", valueName: "n"))
  var sequences = 4096

  func validate() throws {
    try ValidationError.check("sequences", [sequences], in: 2...1 << 22)
    try ValidationError.check("length", lengths, in: 1...1 << 20)
    if Set(ablations).count < ablations.count { throw ValidationError("--ablation: every name once") }
    if noAblations, !ablations.isEmpty {
      throw ValidationError("--no-ablations: found --ablation beside it; allowed: one of them")
    }
  }

  func run() throws {
    let execution = common.execution
    var request = BaselinesRequest()
    request.run = measured
    if !lengths.isEmpty { request.contexts = lengths }
    if noAblations || !ablations.isEmpty { request.ablations = ablations }
    request.sequences = sequences
    let baselines = try Baselines(common.experiment(), request, threads: execution.threads)
    try baselines.run(at: out, overwrite.run, Console(quiet: execution.quiet))
  }
}

extension Ablation: ExpressibleByArgument {}

extension Baselines {
  /// Runs with progress on standard error, and prints what it came to.
  func run(at path: String, _ existing: RunClaim.Existing, _ console: Console) throws {
    for warning in warnings { console.warn(warning) }
    let report = try console.watching { try run(at: path, existing, $0.observers) }
    try Terminal.result(report.text(in: path))
  }
}

extension BaselinesReport {
  fileprivate func text(in folder: String) -> String {
    let shown = scores.filter { $0.context == mainContext }
      .sorted { $0.score.crossEntropy.mean < $1.score.crossEntropy.mean }
    var table = TextTable(
      ["predictor", "loss", "s.e.", "to GIH", "s.e.", "TV", "s.e.", "KL", "s.e.", "accuracy", "s.e."],
      [.left] + Array(repeating: .right, count: 10))
    for row in shown {
      let score = row.score
      table.add(
        [score.predictor]
          + [score.crossEntropy, score.difference, score.totalVariation, score.divergence, score.accuracy]
          .flatMap {
            [decimals($0.mean, 4), decimals($0.standardError, 4)]
          })
    }
    let loss =
      switch criterion {
      case .crossEntropy: "-log(y + \(digits(epsilon, 6)))"
      case .logits: "-log softmax(y)"
      }
    let heading =
      "\(configuration.name): at L = \(mainContext), on average over the law of the next token; loss \(loss), to GIH: loss "
      + "minus that of GIH(\(selected)), TV and KL to the true kernel"
    return [heading, table.text, featureText, "folder: \(folder)"].compactMap { $0 }.joined(separator: "\n\n")
  }

  /// nil where no model attends.
  private var featureText: String? {
    let shown = features.filter { $0.context == mainContext }
    guard shown.count > 1 else { return nil }
    var table = TextTable(
      ["predictor", "mass", "s.e.", "to model", "s.e.", "nearest", "TV", "s.e."],
      [.left, .right, .right, .right, .right, .left, .right, .right])
    for row in shown {
      table.add([
        row.predictor, decimals(row.mass.mean, 4), decimals(row.mass.standardError, 4),
        decimals(row.difference?.mean, 4), decimals(row.difference?.standardError, 4),
        row.nearest?.set.description ?? "-", decimals(row.nearest?.totalVariation.mean, 4),
        decimals(row.nearest?.totalVariation.standardError, 4),
      ])
    }
    let kept = ablations.map { "  \($0.rawValue): \($0.meaning)" }
    return
      "Second-layer attention to positions that match on \(selected), and the induction head that each model is "
      + "nearest to\n\n" + ([table.text] + (kept.isEmpty ? [] : [""]) + kept).joined(separator: "\n")
  }
}
