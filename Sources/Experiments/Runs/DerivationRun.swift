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
  let command: String

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
    let start = try experiment.start
    let trained = stages[stage - 1].train
    let request = DerivationRequest(
      trained: trained == experiment.model.parameterSpace.groups ? nil : trained, start: start,
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
          gradient: try level.definition.loss(problem).evaluate(start).gradient.flat)
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
