import Foundation
import SymbolicTensors

/// What is read in the manifest of a run that is there.
public struct StoredManifest: Decodable, Sendable {
  public struct Input: Decodable, Sendable {
    public let key: String
    public let path: String
    public let sha256: String
  }

  public let command: String
  public let name: String
  /// SHA-256 of what the run means.
  public let content: String
  /// Of the shorter run that it goes on with.
  public let extends: String?
  public let inputs: [Input]
  public let status: String
  public let failure: String?
  public let hasCheckpoint: Bool
  public let wallTime: Double
  let files: [String: FileProof]

  private enum CodingKeys: String, CodingKey {
    case command, name, content, extends, inputs, status, failure, files
    case hasCheckpoint = "checkpoint"
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

  public var kind: RunKind? { RunKind(rawValue: command) }
  public var isDone: Bool { status == Manifest.Status.done.rawValue }

  /// Makes sure that a configuration that was read from the folder is the one that the run began with.
  ///
  /// - Parameter content: what the configuration means today.
  /// - Throws: `RunFolderError.damaged` that names the file that has changed.
  func check(_ content: String, in folder: RunFolder) throws {
    guard ![self.content, extends].contains(content) else { return }
    for input in inputs {
      let now = (try? RunFolder.read(input.path)).map { SHA256.hash($0) }
      guard now == input.sha256 else {
        throw RunFolderError.damaged(input.path, problem: "other contents than when the run began")
      }
    }
    throw RunFolderError.damaged(
      folder[.configuration], problem: "another configuration than the one that the run began with")
  }

  /// Makes sure that the files of a run that ended are those that it wrote.
  ///
  /// - Parameter only: the one file that is looked at; nil for all.
  /// - Throws: `RunFolderError.damaged` that names the first that is not.
  func checkFiles(in folder: RunFolder, only: RunFolder.File? = nil) throws {
    for (name, proof) in files.sorted(by: { $0.key < $1.key }) {
      guard let file = RunFolder.File(rawValue: name), only ?? file == file else { continue }
      guard folder.has(file) else {
        throw RunFolderError.damaged(folder[file], problem: "no such file beside the others of the run")
      }
      guard SHA256.hash(try folder.read(file)) == proof.sha256 else {
        throw RunFolderError.damaged(folder[file], problem: "other contents than the run has written")
      }
    }
  }
}
