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
  /// Why the run failed; nil unless it did.
  public var failure: String?
  private let members: [(key: String, value: JSON)]
  private let start = Date()
  /// Seconds that the run took before it was resumed.
  private let before: Double

  /// - Parameters:
  ///   - command: `integrate`, `train`, ...
  ///   - threads: how many were used; results do not depend on it.
  ///   - stored: of the run that is resumed; nil for a new one.
  /// - Throws: `ConfigurationError` when an input cannot be read.
  public init(
    command: String, _ configuration: Configuration, threads: Int, resuming stored: StoredManifest? = nil
  ) throws {
    before = stored?.wallTime ?? 0
    members = [
      ("format", .integer(Configuration.format)),
      ("command", .string(command)),
      ("name", .string(configuration.name)),
      ("configuration", .string(SHA256.hash(try configuration.yaml().utf8))),
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
        ("wall_time", .number(wallTime)),
        (
          "counts",
          .object([
            "accepted": .integer(counts.accepted), "rejected": .integer(counts.rejected),
            "evaluations": .integer(counts.evaluations), "jacobians": .integer(counts.jacobians),
          ])
        ),
      ])
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
