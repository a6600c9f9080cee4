import Foundation
import InductionModel
import StrictJSON
import Transformer

/// Where parameters lie: a parameters file, or anything that a run has written which holds some.
extension InputFile {
  /// The parameters of a file (parameters, summary, checkpoint, safetensors) or of the end of a run in a folder.
  ///
  /// - Returns: in the order of the model's parameter space.
  /// - Throws: `ConfigurationError` with the key path in the file; `RunFolderError` for a folder of several runs.
  public func parameters(_ architecture: Architecture, _ definition: ModelDefinition) throws -> [Double] {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      let folder = try RunPoint.folder(path)
      let file: RunFolder.File = folder.has(.parameters) ? .parameters : .checkpoint
      return try InputFile(path: folder[file], keyPath: keyPath).parameters(architecture, definition)
    }
    let data = try read("a file of parameters, or the folder of a run")
    let model = architecture.definition.model(definition, loss: Loss())
    var others: [Architecture] = []
    do {
      if path.hasSuffix(".safetensors") { return try TensorExport.arena(data, of: model) }
      let file = try JSONCursor(parsing: data, allowed: "parameters, or what a run has written")
      let names = model.space.stacks.map(\.name)
      let cursor = Self.parametersMember(file, names) ?? file
      others = cursor.architectures(definition).filter { $0 != architecture }
      return try model.space.parameters(cursor)
    } catch let error as DataFileError {
      throw ConfigurationError(
        .outOfRange, at: .input(self), keyPath: error.keyPath, found: error.found, allowed: error.allowed,
        suggestion: others.first.map {
          "it holds parameters of another model: --set model.architecture=\($0.name)"
        })
    } catch let error as TrainingError {
      throw ConfigurationError(
        .outOfRange, at: .input(self), keyPath: "", found: "\(error)", allowed: "the tensors of this model")
    }
  }

  /// Of a summary or a checkpoint; nil for anything else.
  ///
  /// - Parameter names: of what a parameters file holds.
  private static func parametersMember(_ file: JSONCursor, _ names: [String]) -> JSONCursor? {
    guard let members = try? file.members(allowed: ""), names.allSatisfy({ members[$0] == nil }) else {
      return nil
    }
    return members["parameters"]
  }
}

extension JSONCursor {
  /// Those whose parameters files have the members of this one.
  fileprivate func architectures(_ definition: ModelDefinition) -> [Architecture] {
    guard let members = try? members(allowed: "") else { return [] }
    let names = Set(members.keys).subtracting(["format"])
    return Architectures.all.filter { architecture in
      Set(architecture.model(definition, loss: Loss()).space.stacks.map(\.name)) == names
    }.map { Architecture($0) }
  }
}

/// A point of a run: what it was a run of, and where its parameters lie.
public struct RunPoint {
  /// Of the end of a flow with the disentangled model in place of what would be trained.
  public let experiment: Experiment
  /// In the order of the parameter space of the experiment's model.
  public let parameters: [Double]

  /// - Parameter path: the folder of a run, or a file of parameters in one.
  /// - Throws: `RunFolderError`, `ConfigurationError`.
  public init(_ path: String) throws {
    let configuration = try Self.configuration(of: path)
    let written = try Experiment(Configuration(contentsOf: configuration))
    let folder = RunFolder(unchecked: URL(fileURLWithPath: configuration).deletingLastPathComponent().path)
    let isFlow = (try? StoredManifest(folder))?.kind == .flow
    experiment = isFlow ? try written.ofTheory : written
    parameters = try InputFile(path: path, keyPath: "run").parameters(
      experiment.configuration.architecture, experiment.model)
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
    case .comparison, .baselines, .duel, nil:
      let inner = ["theory", "training", MeasuredRuns.folder].flatMap { name in
        ((try? RunFolder.names(in: "\(path)/\(name)")) ?? []).filter { !$0.contains(".") }.sorted().map {
          "\(name)/\($0)"
        }
      }
      throw RunFolderError.severalRuns(path, inner)
    }
  }
}
