import ArgumentParser
import Experiments
import Foundation
import SymbolicTensors
import Theory

struct Derive: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the derived equations as text, or as source for Python, C or Swift.",
    discussion: """
      Example:
        inflow derive Examples/two-parents.yaml --format latex
        inflow derive Examples/two-parents.yaml --format python --out flow

      Python sources run under scipy.integrate.solve_ivp, C sources under GSL. Constants beyond \
      \(FlowSystem.mostInlineConstants) numbers go to a data file beside the source, which needs --out.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var overwrite: OverwriteOptions

  @Option(help: "The level of theory; by default the configuration's.")
  var level: TheoryLevel?

  @Option(help: "With indices, or one explicit equation for each component.")
  var form: DerivationRun.Form = .tensor

  @Option(help: "What is printed.")
  var format: DerivationRun.Format = .markdown

  @Option(help: "In scalar form, what constant tensors are written as.")
  var coefficients: FlowSystem.ScalarCoefficients = .numeric

  @Option(help: ArgumentHelp("The stage of the theory whose parameters train, from 1.", valueName: "n"))
  var stage = 1

  @Option(help: ArgumentHelp("The folder for the files; by default standard output.", valueName: "dir"))
  var out: String?

  func run() throws {
    let experiment = try common.experiment()
    if let note = experiment.configuration.theoryNote { Console(quiet: common.execution.quiet).tell(note) }
    let level = level ?? experiment.configuration.theory.level
    let run = try DerivationRun(
      experiment, level: level, stage: stage, command: command(level), threads: common.execution.threads)
    let source: ExportedSource
    switch form {
    case .tensor: source = run.tensorForm(format)
    case .scalar:
      let equations = try run.scalarForm(format, coefficients)
      if out == nil { try checkPrinted(equations.expectedSize) }
      source = equations.source
    }
    if let out {
      let files = try DerivationFiles(
        source, named: format.fileName, in: out, existing: overwrite.file)
      try Terminal.result(files.paths.joined(separator: "\n"))
    } else {
      guard source.data.isEmpty else {
        throw ValidationError(
          "the flow has \(source.data.count) constants, too many to stand in its source: they go to a data file "
            + "beside it; give --out DIR")
      }
      try checkPrinted(source.text.utf8.count)
      try Terminal.result(source.text)
    }
  }

  /// - Parameter size: of the text, in bytes.
  private func checkPrinted(_ size: Int) throws {
    guard size > Self.mostPrinted else { return }
    throw ValidationError(
      "standard output: found about \(Resources.size(Double(size))) of equations, allowed: at most "
        + "\(Resources.size(Double(Self.mostPrinted))); give --out DIR"
        + (form == .scalar ? ", or take --form tensor, or --level leading-order" : ""))
  }

  /// Bytes: more than that nobody reads on a screen.
  private static let mostPrinted = 1 << 20

  /// What the output says it was made by.
  private func command(_ level: TheoryLevel) -> String {
    var words = ["inflow derive", common.config, "--level", level.rawValue]
    if form != .tensor { words += ["--form", form.rawValue] }
    if coefficients != .numeric { words += ["--coefficients", coefficients.rawValue] }
    words += ["--format", format.rawValue]
    if stage != 1 { words += ["--stage", "\(stage)"] }
    return (words + common.overrides.map { "--set \($0.text)" }).joined(separator: " ")
  }
}

extension FlowSystem.ScalarCoefficients: ExpressibleByArgument {}
extension DerivationRun.Form: ExpressibleByArgument {}
extension DerivationRun.Format: ExpressibleByArgument {}
