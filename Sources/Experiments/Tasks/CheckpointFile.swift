import Foundation
import InductionModel

/// `checkpoint.json`: the last saved point for readers, and what the run needs to go on from there.
struct CheckpointFile<State: Codable>: Codable {
  let format: Int
  let time: Double
  /// Of training.
  let step: Int?
  let parameters: ParametersPoint
  /// How far the tables had come, by file name.
  let tables: [String: TableMark]
  let resume: State

  init(_ place: RunPlace<State>, _ model: ModelDefinition, tables: [RunFolder.File: TableMark]) {
    format = Configuration.format
    time = place.time
    step = place.step
    parameters = ParametersPoint(place.parameters, model)
    self.tables = Dictionary(uniqueKeysWithValues: tables.map { ($0.rawValue, $1) })
    resume = place.state
  }

  /// nil for a text that is none.
  init?(_ data: Data) {
    guard let file = try? JSONDecoder().decode(Self.self, from: data), file.format == Configuration.format
    else { return nil }
    self = file
  }

  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(self)
  }
}

/// The form of a parameters file.
struct ParametersPoint: Codable {
  let attention: [[Double]]
  let coefficients: [String: Double]
  let scale: Double

  init(_ parameters: Parameters, _ model: ModelDefinition) {
    attention = parameters.attention
    let keys = model.sets.map { "[\($0.label)]" }
    coefficients = Dictionary(uniqueKeysWithValues: zip(keys, parameters.coefficients))
    scale = parameters.scale
  }
}

/// A place on the way of a run.
struct RunPlace<State: Codable> {
  let time: Double
  /// Of training.
  var step: Int?
  let parameters: Parameters
  let state: State
  /// Rows that the tables had there, where the state lies before the last of them; nil for all.
  var rows: Int?
  /// Files beside the checkpoint that show the same point.
  var files: [(RunFolder.File, Data)] = []
}
