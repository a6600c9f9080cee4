import Foundation
import InductionModel
import StrictJSON
import Transformer

/// Where parameters lie: a parameters file, or anything that a run has written which holds some.
extension InputFile {
  /// The parameters of a file (parameters, summary, checkpoint, safetensors) or of the end of a run in a folder.
  ///
  /// - Throws: `ConfigurationError` with the key path in the file; `RunFolderError` for a folder of several runs.
  public func parameters(_ model: ModelDefinition) throws -> Parameters {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      let folder = try RunPoint.folder(path)
      let file: RunFolder.File = folder.has(.parameters) ? .parameters : .checkpoint
      return try InputFile(path: folder[file], keyPath: keyPath).parameters(model)
    }
    let data = try read("a file of parameters, or the folder of a run")
    do {
      if path.hasSuffix(".safetensors") {
        return try Parameters(
          flat: TensorExport.arena(data, of: DisentangledTransformer(model, loss: Loss())), model: model)
      }
      let cursor = try JSONCursor(parsing: data, allowed: "parameters, or what a run has written")
      return try Parameters(Self.parametersMember(cursor) ?? cursor, model: model)
    } catch let error as DataFileError {
      throw ConfigurationError(
        .outOfRange, at: .input(self), keyPath: error.keyPath, found: error.found, allowed: error.allowed)
    } catch let error as TrainingError {
      throw ConfigurationError(
        .outOfRange, at: .input(self), keyPath: "", found: "\(error)", allowed: "the tensors of this model")
    }
  }

  /// Of a summary or a checkpoint; nil for anything else.
  private static func parametersMember(_ file: JSONCursor) -> JSONCursor? {
    guard let members = try? file.members(allowed: ""), members["attention"] == nil else { return nil }
    return members["parameters"]
  }
}

/// A point of a run: what it was a run of, and where its parameters lie.
public struct RunPoint {
  public let experiment: Experiment
  public let parameters: Parameters

  /// - Parameter path: the folder of a run, or a file of parameters in one.
  /// - Throws: `RunFolderError`, `ConfigurationError`.
  public init(_ path: String) throws {
    experiment = try Experiment(Configuration(contentsOf: Self.configuration(of: path)))
    parameters = try InputFile(path: path, keyPath: "run").parameters(experiment.model)
  }

  /// The `config.yaml` of a run's folder, or beside a file in it or in its checkpoints.
  private static func configuration(of path: String) throws -> String {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      return try folder(path)[.configuration]
    }
    let near = URL(fileURLWithPath: path).deletingLastPathComponent()
    let places = [near, near.deletingLastPathComponent()].map { RunFolder(unchecked: $0.path) }
    guard let folder = places.first(where: { $0.has(.configuration) }) else {
      throw RunFolderError.notARun(near.path, missing: RunFolder.File.configuration.rawValue)
    }
    return folder[.configuration]
  }

  /// The folder of the one run that a folder holds.
  static func folder(_ path: String) throws -> RunFolder {
    let folder = try RunFolder(of: path)
    let stored = try StoredManifest(folder)
    switch stored.kind {
    case .flow, .seed: return folder
    case .training:
      let seeds = try Configuration(contentsOf: folder[.configuration]).training?.seeds ?? []
      guard seeds.count == 1 else {
        throw RunFolderError.severalRuns(path, seeds.map { "seed-\($0)" })
      }
      return try RunFolder(of: folder.seed(seeds[0]))
    case .comparison, .duel, nil:
      let inner = ["theory", "training"].flatMap { name in
        ((try? RunFolder.names(in: "\(path)/\(name)")) ?? []).filter { !$0.contains(".") }.sorted().map {
          "\(name)/\($0)"
        }
      }
      throw RunFolderError.severalRuns(path, inner)
    }
  }
}
