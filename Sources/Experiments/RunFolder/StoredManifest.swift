import Foundation
import SymbolicTensors

/// What a resumed run reads in the manifest of the run that it goes on with.
public struct StoredManifest: Decodable, Sendable {
  public struct Input: Decodable, Sendable {
    public let key: String
    public let sha256: String
  }

  public let command: String
  /// SHA-256 of the resolved configuration.
  public let configuration: String
  public let inputs: [Input]
  public let status: String
  public let wallTime: Double

  private enum CodingKeys: String, CodingKey {
    case command, configuration, inputs, status
    case wallTime = "wall_time"
  }

  /// - Throws: `RunFolderError`.
  public init(_ folder: RunFolder) throws {
    let data = try folder.read(.manifest)
    guard let manifest = try? JSONDecoder().decode(StoredManifest.self, from: data) else {
      throw RunFolderError.damaged(folder[.manifest], problem: "no manifest of a run")
    }
    self = manifest
  }

  public var isDone: Bool { status == Manifest.Status.done.rawValue }

  /// Makes sure that nothing that the run depends on has changed since it began.
  ///
  /// - Throws: `RunFolderError.damaged`, or `ConfigurationError` for an input that cannot be read.
  public func check(_ configuration: Configuration, in folder: RunFolder) throws {
    guard SHA256.hash(try configuration.yaml().utf8) == self.configuration else {
      throw RunFolderError.damaged(
        folder[.configuration], problem: "another configuration than the one that the run began with")
    }
    for file in configuration.inputs {
      let hash = SHA256.hash(try file.read("the file as the run read it"))
      guard inputs.contains(where: { $0.key == file.keyPath && $0.sha256 == hash }) else {
        throw RunFolderError.damaged(file.path, problem: "other contents than when the run began")
      }
    }
  }
}
