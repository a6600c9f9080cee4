import Foundation
import MarkovChains
import ODESolvers
import SymbolicTensors

/// `manifest.json`: what a run was made from and on. What differs between two runs of one configuration stands
/// here and nowhere else in the folder.
public struct Manifest: Sendable {
  public enum Status: String, Sendable {
    case running, done, failed, interrupted
  }

  public var status: Status = .running
  public var counts = Counts()
  /// Seconds since the start.
  public var wallTime = 0.0
  /// Why the run failed, or was interrupted by its surroundings.
  public var failure: String?
  /// Whether a checkpoint has been saved.
  var hasCheckpoint = false
  /// What the files of the run were when it ended.
  var files: [(file: RunFolder.File, proof: FileProof)] = []
  private let members: [(key: String, value: JSON)]
  private let start = Date()
  /// Seconds that the run took before it was resumed.
  private let before: Double

  /// - Parameters:
  ///   - threads: how many were used; results do not depend on it.
  ///   - request: what the run was asked for beside the configuration.
  ///   - stored: of the run that is resumed; nil for a new one.
  /// - Throws: `ConfigurationError` when an input cannot be read.
  public init(
    _ identity: RunIdentity, _ configuration: Configuration, request: JSON? = nil, threads: Int,
    resuming stored: StoredManifest? = nil
  ) throws {
    before = stored?.wallTime ?? 0
    members =
      [
        ("format", .integer(Configuration.format)),
        ("command", .string(identity.kind.rawValue)),
        ("name", .string(configuration.name)),
        ("content", .string(identity.content)),
        ("extends", identity.predecessor.map { .string($0) } ?? .null),
      ] + (request.map { [("request", $0)] } ?? []) + [
        ("inputs", .array(try configuration.inputs.map(Self.input))),
        ("seeds", configuration.seeds),
        ("versions", Provenance.versions),
        ("machine", Provenance.machine),
        ("threads", .integer(threads)),
        ("started", .string(start.ISO8601Format())),
      ]
  }

  private static func input(_ file: InputFile) throws -> JSON {
    let data = try file.read("a file that can be read")
    return .object([
      "key": .string(file.keyPath), "path": .string(file.path), "sha256": .string(SHA256.hash(data)),
    ])
  }

  /// Seconds that the run has taken.
  public var elapsed: Double { before + Date().timeIntervalSince(start) }

  public var json: JSON {
    .object(
      members + [
        ("status", .string(status.rawValue)),
        ("failure", failure.map { .string($0) } ?? .null),
        ("checkpoint", .boolean(hasCheckpoint)),
        ("wall_time", .number(wallTime)),
        (
          "counts",
          .object([
            "accepted": .integer(counts.accepted), "rejected": .integer(counts.rejected),
            "evaluations": .integer(counts.evaluations), "jacobians": .integer(counts.jacobians),
          ])
        ),
        ("files", .object(files.map { (key: $0.file.rawValue, value: $0.proof.json) })),
      ])
  }
}

/// What a file was when its run ended.
struct FileProof: Decodable, Hashable, Sendable {
  /// Of a table.
  let rows: Int?
  let sha256: String

  init(_ data: Data) { (rows, sha256) = (nil, SHA256.hash(data)) }

  init(_ mark: TableMark) { (rows, sha256) = (mark.rows, mark.sha256) }

  fileprivate var json: JSON {
    .object((rows.map { [(key: "rows", value: .integer($0))] } ?? []) + [("sha256", .string(sha256))])
  }
}

extension Configuration {
  fileprivate var seeds: JSON {
    var seeds: [(key: String, value: JSON)] = []
    if case .prior(let prior) = source.kernels { seeds.append(("source.prior.seed", .integer(prior.seed))) }
    if case .drawn(_, _, let seed) = theory.sequences {
      seeds.append(("theory.sequences.seed", .integer(seed)))
    }
    if let training {
      if training.heldOut.file == nil {
        seeds.append(("training.held-out.seed", .integer(training.heldOut.seed)))
      }
      seeds.append(("training.seeds", .array(training.seeds.map { .integer($0) })))
    }
    return .object(seeds)
  }
}
