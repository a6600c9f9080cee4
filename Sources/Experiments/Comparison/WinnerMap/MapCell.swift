import Foundation
import InductionModel
import MarkovChains
import SymbolicTensors

/// One cell of a map: a configuration of its own, found again by its content.
struct MapCell: Sendable {
  let configuration: Configuration
  /// The name of the cell's folder: from the SHA-256 of the resolved configuration.
  let folder: String

  init(_ values: [(key: String, value: String)], of base: String, _ overrides: [Override]) throws {
    let own = try values.map { key, value in
      guard let override = Override("\(key)=\(value)") else {
        throw ConfigurationError(
          .syntax, at: .override("\(key)=\(value)"), keyPath: key, found: value, allowed: "a YAML value")
      }
      return override
    }
    configuration = try Configuration(contentsOf: base, overrides: overrides + own).ofCell
    folder = String(SHA256.hash(try configuration.yaml().utf8).prefix(16))
  }

  /// Reads what the configuration names; theory and training must be about the same thing.
  ///
  /// - Throws: `ConfigurationError` that names the cell where it names no place.
  func check(_ values: [(key: String, value: String)]) throws {
    do {
      _ = try Experiment(configuration)
      if configuration.training != nil { try configuration.checkComparable([configuration.theory.level]) }
    } catch let error as ConfigurationError where error.place == .configuration {
      let cell = values.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
      throw ConfigurationError(
        error.kind, at: error.place, keyPath: error.keyPath, found: error.found, allowed: error.allowed,
        suggestion: (error.suggestion.map { "\($0); " } ?? "") + "found in the cell \(cell)")
    }
  }

  /// Integrates and trains what is not yet there.
  ///
  /// - Parameter place: where the folders of cells are.
  /// - Throws: `RunFailure` or input errors.
  func run(
    in place: String, _ existing: WinnerMap.Existing, isInterrupted: @escaping @Sendable () -> Bool
  ) throws -> MapResult {
    let experiment = try Experiment(configuration)
    func winner(_ name: String, _ prepare: @escaping () throws -> (RunFolder) throws -> Void) throws
      -> MapWinner
    {
      let run = CellRun(path: "\(place)/\(folder)/\(name)", configuration: configuration, prepare: prepare)
      return MapWinner(at: try run.end(existing), experiment.model, parents: configuration.source.parents)
    }
    var result = MapResult(folder: folder)
    result.theory = try winner("theory") {
      let flow = try FlowRun(experiment, threads: 1)
      return { _ = try flow.run(in: $0, progress: { _, _ in }, isInterrupted: isInterrupted) }
    }
    if configuration.training != nil {
      result.training = try winner("training") {
        let series = try TrainingSeries(experiment, threads: 1)
        return { _ = try series.run(in: $0, .init(isInterrupted: isInterrupted)) }
      }
    }
    result.selected = try experiment.selectedSet(isNeeded: false, threads: 1)?.set
    return result
  }
}
