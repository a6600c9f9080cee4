import Foundation
import InductionModel
import MarkovChains
import SymbolicTensors
import Theory

/// What `inflow derive` prints: the derivation of one level's flow as text or as source.
public struct DerivationRun {
  /// How equations are written out.
  public enum Form: String, CaseIterable, Sendable {
    /// With indices, whatever the sizes.
    case tensor
    /// One explicit equation for each component of the state.
    case scalar
  }

  public enum Format: String, CaseIterable, Sendable {
    case latex, markdown, python, c, swift

    /// Whether it is source to be run, not equations to be read.
    var isRun: Bool {
      switch self {
      case .python, .c, .swift: true
      case .latex, .markdown: false
      }
    }

    /// What the file is called under `--out`.
    public var fileName: String {
      switch self {
      case .latex: "derivation.tex"
      case .markdown: "derivation.md"
      case .python: "flow.py"
      case .c: "flow.c"
      case .swift: "flow.swift"
      }
    }
  }

  /// Beside the source.
  public static let dataFileName = "flow.bin"

  public let derivation: Derivation
  private let command: String

  /// - Parameters:
  ///   - stage: counted from 1; the parameters that it does not train stay.
  ///   - command: what the output says it was made by.
  /// - Throws: `ConfigurationError`, `ChainError`, `TheoryError`.
  public init(_ experiment: Experiment, level: TheoryLevel, stage: Int, command: String, threads: Int) throws
  {
    let configuration = experiment.configuration
    let stages = configuration.theory.stages
    guard stages.indices.contains(stage - 1) else {
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "--stage", found: "\(stage)",
        allowed: stages.count == 1 ? "1" : "1 to \(stages.count), the stages of theory.stages")
    }
    self.command = command
    let trained = stages[stage - 1].train
    let request = DerivationRequest(
      trained: trained == experiment.model.parameterSpace.groups ? nil : trained, start: experiment.start,
      title: "The \(level.rawValue) flow of \(configuration.name)", command: command,
      version: Provenance.version)
    let problem = experiment.problem(configuration.theory.sequences, threads: threads)
    let plain = try level.definition.derivation(problem, request)
    derivation =
      switch try configuration.flowCorrection {
      case .none: plain
      case .momentum(let inertia):
        plain.with(
          inertia,
          gradient: try level.definition.loss(problem).evaluate(experiment.start).gradient.flat)
      case .stepSize:
        throw ConfigurationError(
          .conflict, at: .configuration, keyPath: "theory.correction", found: "step-size",
          allowed: "none or momentum, whose equations can be printed",
          suggestion:
            "momentum with training.optimizer.sgd.momentum=0 is the same equation up to the square of the rate"
        )
      }
  }

  /// The equations in tensor form.
  public func tensorForm(_ format: Format) -> ExportedSource {
    switch format {
    case .latex: ExportedSource(text: derivation.document.latex)
    case .markdown: ExportedSource(text: derivation.document.markdown)
    case .python: derivation.system.pythonModule(dataFile: Self.dataFileName)
    case .c: derivation.system.cFile(dataFile: Self.dataFileName)
    case .swift: derivation.system.swiftFile(dataFile: Self.dataFileName)
    }
  }
}

extension DerivationRun {
  /// One explicit equation for each component.
  ///
  /// - Throws: `DerivationError` when the tensors have too many entries to be written out.
  public func scalarForm(_ format: Format, _ coefficients: FlowSystem.ScalarCoefficients) throws
    -> ExportedSource
  {
    let (system, notation): (FlowSystem, Notation)
    do {
      (system, notation) = try derivation.system.unrolled(
        coefficients, notation: derivation.notation, states: derivation.states,
        softmax: format.isRun ? .shifted : .plain)
    } catch ScalarSystemError.tooLarge(_, let limit) {
      throw DerivationError.tooLarge(limit: limit)
    }
    switch format {
    case .python: return system.pythonModule(dataFile: Self.dataFileName)
    case .c: return system.cFile(dataFile: Self.dataFileName)
    case .swift: return system.swiftFile(dataFile: Self.dataFileName)
    case .latex: return ExportedSource(text: equations(system, notation).latex)
    case .markdown: return ExportedSource(text: equations(system, notation).markdown)
    }
  }

  private func equations(_ system: FlowSystem, _ notation: Notation) -> DerivationDocument {
    var document = DerivationDocument(title: derivation.document.title)
    var printer = LatexPrinter(system.graph, notation)
    document.add(.text("Made by `\(command)`."))
    document.add(
      .text(
        "The flow written out by component. $T_1, T_2, \\ldots$ are results that occur more than once or are too "
          + "long for a line."))
    let sides = zip(derivation.states, system.components).map {
      (left: Derivation.velocity($0), right: $1.derivative)
    }
    document.add(.equations(printer.equations(sides)))
    return document
  }
}

/// Equations that cannot be written as asked.
public enum DerivationError: Error, Equatable, CustomStringConvertible {
  /// The scalar form of this many tensor entries and more.
  case tooLarge(limit: Int)

  public var description: String {
    switch self {
    case .tooLarge(let limit):
      "--form: found scalar equations of more than \(limit) tensor entries; allowed: smaller models or sources; "
        + "take --form tensor, or lower model.window, model.heads or the number of kernels"
    }
  }
}
