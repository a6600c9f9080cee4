import Foundation
import InductionModel
import MarkovChains
import StrictJSON
import Transformer

/// A configuration with everything that its files and priors stand for.
public struct Experiment: Sendable {
  public let configuration: Configuration
  public let source: Source
  /// Where training starts, in the order of the model's parameter space.
  public let trainingStart: [Double]
  let laws: SharedLaws

  /// Of the theory.
  public var model: ModelDefinition { configuration.model }
  /// What is trained, with the theory's loss.
  public var trainable: any TrainableModel { configuration.trainable }

  /// Reads the files that the configuration names and draws the kernels.
  ///
  /// - Throws: `ConfigurationError`.
  public init(_ configuration: Configuration) throws {
    try self.init(configuration, source: configuration.source.resolved())
  }

  private init(_ configuration: Configuration, source: Source) throws {
    self.configuration = configuration
    self.source = source
    laws = SharedLaws()
    trainingStart = try configuration.initial.resolved(configuration)
  }

  /// Another configuration: what it shares of source, model and start is not made again.
  ///
  /// - Throws: `ConfigurationError`.
  func with(_ configuration: Configuration) throws -> Experiment {
    let old = self.configuration
    guard configuration.source == old.source else { return try Experiment(configuration) }
    guard configuration.model == old.model, configuration.architecture == old.architecture,
      configuration.initial == old.initial
    else { return try Experiment(configuration, source: source) }
    return Experiment(self, configuration, trainingStart: trainingStart)
  }

  init(_ experiment: Experiment, _ configuration: Configuration, trainingStart: [Double]) {
    self.configuration = configuration
    source = experiment.source
    self.trainingStart = trainingStart
    laws = experiment.laws
  }
}

extension InitialConfiguration {
  /// Where training starts.
  ///
  /// - Parameter configuration: that these stand in.
  func resolved(_ configuration: Configuration) throws -> [Double] {
    let (architecture, model) = (configuration.architecture, configuration.model)
    let start =
      switch self {
      case .values(let values): architecture.definition.start(model, values)
      case .file(let file): try file.parameters(architecture, model)
      }
    let observed = ObservedModel(configuration)
    let broken = zip(observed.names, observed.values(start)).first { !$0.1.isFinite }
    guard let (name, _) = broken else { return start }
    throw model.shareNames.contains(name) ? sharesError : finiteError(name)
  }

  private var sharesError: ConfigurationError {
    error(
      "coefficients", "coefficients whose shares are not finite",
      "coefficients of which one differs from 0, and whose squares are finite",
      "--set initial.coefficients=1, or --set model.variant.coefficients=softmax")
  }

  private func finiteError(_ name: String) -> ConfigurationError {
    error(
      "", "a start at which \(name) is not finite", "a start at which all that is recorded is finite", nil)
  }

  private func error(_ key: String, _ found: String, _ allowed: String, _ suggestion: String?)
    -> ConfigurationError
  {
    switch self {
    case .values:
      ConfigurationError(
        .outOfRange, at: .configuration, keyPath: key.isEmpty ? "initial" : "initial.\(key)", found: found,
        allowed: allowed, suggestion: suggestion)
    case .file(let file):
      ConfigurationError(.outOfRange, at: .input(file), keyPath: key, found: found, allowed: allowed)
    }
  }
}

extension InputFile {
  /// Sequences in JSON or, by the file's name, CSV or TSV.
  ///
  /// - Throws: `ConfigurationError` with the place in the file.
  public func sequences(_ alphabet: Alphabet, shortest: Int) throws -> [[Int]] {
    try parsed("a sequences file") { (data) throws(DataFileError) in
      try SequencesFile(data, .init(ofFile: path), alphabet: alphabet, shortest: shortest)
    }.sequences
  }

  func parsed<Value>(_ what: String, _ parse: (Data) throws(DataFileError) -> Value) throws
    -> Value
  {
    let data = try read(what)
    do {
      return try parse(data)
    } catch {
      throw ConfigurationError(
        .outOfRange, at: .input(self), keyPath: error.keyPath, found: error.found, allowed: error.allowed)
    }
  }
}
