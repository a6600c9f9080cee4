import Foundation

/// A sweep in its folder: `sweep.yaml`, the run folders of its cells in `cells/`, and the tables gathered from them.
///
/// Every cell is found by what its configuration means: a sweep that was interrupted goes on where it was, cells that have one
/// meaning share a folder, and any process that knows the folder can run any cell.
public struct Sweep: Sendable {
  public let definition: SweepDefinition
  public let path: String
  let hashes = InputHashes()

  public static let file = "sweep.yaml"

  /// What happens to another sweep that is in the folder.
  public enum Other: Sendable {
    case refuse
    /// The new one takes its place, and the cells that both have.
    case succeed
  }

  /// Puts the sweep into its folder, or finds it there.
  ///
  /// - Throws: `ConfigurationError`; `RunFolderError` where the folder holds something else.
  fileprivate init(_ definition: SweepDefinition, in path: String, _ other: Other) throws {
    self.definition = definition
    self.path = path
    let file = "\(path)/\(Self.file)"
    let isThere = FileManager.default.fileExists(atPath: file)
    if !isThere, other == .refuse {
      let names = try RunFolder.names(in: path).filter { !$0.hasPrefix(".") && $0 != "cells" }
      guard names.isEmpty else { throw RunFolderError.exists(path) }
    }
    if isThere, other == .refuse {
      let old = try SweepDefinition(contentsOf: file)
      guard try old.contentIdentity(hashes) == definition.contentIdentity(hashes) else {
        throw RunFolderError.otherRun(path, command: "sweep")
      }
    }
    let text = try definition.yaml()
    guard !isThere || (try? RunFolder.read(file)) != Data(text.utf8) else { return }
    try DurableFile.write(Data(text.utf8), to: file)
  }

  /// A sweep that is there.
  ///
  /// - Throws: `RunFolderError.notARun` where there is none.
  public init(of path: String) throws {
    self.path = path
    guard Self.isThere(path) else { throw RunFolderError.notARun(path, missing: Self.file) }
    definition = try SweepDefinition(contentsOf: "\(path)/\(Self.file)")
  }

  public static func isThere(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(path)/\(file)")
  }

  /// Where the cells' folders are.
  var place: String { "\(path)/cells" }

  /// - Throws: `ConfigurationError`.
  func cell(_ number: Int) throws -> SweepCell {
    try SweepCell(number, of: definition, in: place, hashes)
  }

  /// - Throws: `ConfigurationError` for a cell that the sweep does not have.
  public func cells(_ asked: CellRanges?) throws -> CellRanges {
    let all = CellRanges(upTo: definition.count)
    guard let asked else { return all }
    guard asked.subtracting(all).isEmpty else {
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "cells", found: "\(asked)",
        allowed: "cells from 1 to \(definition.count)")
    }
    return asked
  }
}

/// A sweep that this process alone drives, until the claim is released. Processes that run single cells need none.
public final class SweepClaim {
  public let sweep: Sweep
  private let lease: Lease

  /// - Throws: as `Sweep.init`; `RunFolderError.inUse` where another process drives a sweep there.
  public init(_ definition: SweepDefinition, in path: String, _ other: Sweep.Other) throws {
    try definition.check()
    try RunFolder.create(path)
    lease = try Lease(of: path)
    try Self.removeRemains(in: path)
    sweep = try Sweep(definition, in: path, other)
  }

  /// Of a sweep that is there.
  public init(of path: String) throws {
    sweep = try Sweep(of: path)
    lease = try Lease(of: path)
    try Self.removeRemains(in: path)
  }

  /// Tables may be gathered by others at the same time: only what has been left for long goes.
  private static func removeRemains(in path: String) throws {
    for place in [path, "\(path)/slurm"] { try DurableFile.removeRemains(in: place, .old) }
  }

  public func release() { lease.release() }
}
