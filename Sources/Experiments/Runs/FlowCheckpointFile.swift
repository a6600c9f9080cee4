import Foundation
import InductionModel
import Theory

/// `checkpoint.json` of an integration: the last accepted point for readers, and what the integrator needs to go on.
struct FlowCheckpointFile: Codable {
  /// As a parameters file.
  struct Point: Codable {
    let attention: [[Double]]
    let coefficients: [String: Double]
    let scale: Double
  }

  let format: Int
  let time: Double
  let parameters: Point
  let resume: FlowCheckpoint

  init(time: Double, _ parameters: Parameters, _ model: ModelDefinition, resume: FlowCheckpoint) {
    format = Configuration.format
    self.time = time
    let keys = model.sets.map { "[\($0.label)]" }
    self.parameters = Point(
      attention: parameters.attention,
      coefficients: Dictionary(uniqueKeysWithValues: zip(keys, parameters.coefficients)),
      scale: parameters.scale)
    self.resume = resume
  }

  /// - Throws: `RunFolderError.damaged` for a file that is none, or of a training run.
  init(in folder: RunFolder) throws {
    guard let file = try? JSONDecoder().decode(Self.self, from: folder.read(.checkpoint)), file.format == 1
    else {
      throw RunFolderError.damaged(folder[.checkpoint], problem: "no checkpoint of an integration")
    }
    self = file
  }

  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(self)
  }
}
