import ArgumentParser
import Experiments
import Foundation
import Theory

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints loss, gradient and prediction at given parameters as JSON.",
    discussion: """
      Example:
        inflow evaluate Examples/two-parents.yaml --parameters p.json
        inflow evaluate Examples/two-parents.yaml --level finite-context \\
          --sequences s.json --with transformer
      """)

  @OptionGroup var common: CommonOptions

  @Option(
    help: ArgumentHelp(
      "A parameters file, or the folder or a file of a run; by default the configuration's start.",
      valueName: "p.json"),
    completion: .file(extensions: ["json"]))
  var parameters: String?

  @Option(help: "The level of theory; by default the configuration's.")
  var level: TheoryLevel?

  @Option(
    help: ArgumentHelp(
      "A sequences file for the finite-context level; by default the configuration's.", valueName: "s.json"),
    completion: .file(extensions: ["json", "csv"]))
  var sequences: String?

  @Option(
    name: .customLong("with"),
    help: ArgumentHelp(
      "What evaluates: the symbolic theory, the default where it is the model's own, or the trainer's own passes, which "
        + "have the finite-context loss alone.", valueName: "with"))
  var engine: Evaluation.Engine?

  func run() throws {
    let evaluation = try Evaluation(
      common.experiment(), at: parameters.map { input($0, "--parameters") }, level: level,
      sequences: sequences.map { input($0, "--sequences") }, with: engine, threads: common.execution.threads)
    try Terminal.result(evaluation.json.text)
  }

  private func input(_ path: String, _ option: String) -> InputFile {
    InputFile(path: URL(fileURLWithPath: path).standardizedFileURL.path, keyPath: option)
  }
}

extension TheoryLevel: ExpressibleByArgument {}
extension Evaluation.Engine: ExpressibleByArgument {}
