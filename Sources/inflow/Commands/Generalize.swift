import ArgumentParser
import Experiments
import Foundation

struct Generalize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluates a trained or integrated model at other lengths and on other priors.",
    discussion: """
      The model at the end of a run stands beside the induction head GIH(S*) of its source and the true kernel.

      Example:
        inflow integrate Examples/two-parents.yaml --out run
        inflow generalize run --alpha 0.1 --alpha 1
      """)

  @Argument(
    help: ArgumentHelp(
      "The folder of a run, or a file of parameters in one: checkpoints/step-N.json, summary.json, ..",
      valueName: "run"))
  var path: String

  @Option(
    name: .customLong("length"), parsing: .singleValue,
    help: ArgumentHelp(
      "A context length; may be repeated. By default those of 10, 30, 100, 300 and 1000 that have a key.",
      valueName: "L"))
  var lengths: [Int] = []

  @Option(
    name: .customLong("alpha"), parsing: .singleValue,
    help: ArgumentHelp(
      "A Dirichlet prior that every sequence draws a kernel from; may be repeated. By default the source's own "
        + "kernels.", valueName: "alpha"))
  var concentrations: [Double] = []

  @Option(help: ArgumentHelp("Sequences for each length and prior.", valueName: "n"))
  var sequences = 4096

  @Option(help: ArgumentHelp("A CSV file for the table with all digits.", valueName: "file"))
  var out: String?

  @OptionGroup var execution: ExecutionOptions
  @OptionGroup var overwrite: OverwriteOptions

  func validate() throws {
    try ValidationError.check("sequences", [sequences], in: 2...1 << 22)
    try ValidationError.check("length", lengths, in: 1...1 << 20)
    try ValidationError.check("alpha", concentrations, in: 0.001...1000, "a number")
  }

  func run() throws {
    let point = try RunPoint(path)
    let result = try Generalization(
      point.experiment, at: point.parameters, contexts: lengths.isEmpty ? nil : lengths,
      concentrations: concentrations, sequences: sequences, threads: execution.threads)
    if let out { try result.write(to: out, existing: overwrite.file) }
    try Terminal.result(result.text)
  }
}

extension Generalization {
  fileprivate var text: String {
    var table = TextTable(
      ["alpha", "L", "predictor", "loss", "s.e.", "TV to kernel", "s.e.", "TV to head", "s.e."],
      [.right, .right, .left] + Array(repeating: .right, count: 6))
    for row in rows {
      table.add(
        [row.concentration.map { "\($0)" } ?? "source", "\(row.context)", row.score.predictor]
          + [row.score.crossEntropy, row.score.totalVariation, row.toInductionHead].flatMap {
            [decimals($0.mean, 4), decimals($0.standardError, 4)]
          })
    }
    let cost =
      switch criterion {
      case .crossEntropy: "loss with epsilon = \(epsilon)"
      case .logits: "loss as -log softmax(y)"
      }
    return table.text
      + "\n\ninduction head: GIH(\(set)); \(cost), on average over the law of the next token"
  }
}
