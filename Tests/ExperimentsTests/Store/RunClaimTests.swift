import Foundation
import Testing

@testable import Experiments

@Suite struct RunClaimTests {
  private let identity = RunIdentity(.flow, content: "a")

  /// A run that has begun.
  private func begin(_ path: String, _ identity: RunIdentity? = nil, _ existing: RunClaim.Existing = .keep)
    throws
  {
    let claim = try RunClaim(path, of: identity ?? self.identity, existing)
    defer { claim.release() }
    let manifest = try Manifest(identity ?? self.identity, configuration(minimal), threads: 1)
    try claim.begin(manifest, minimal)
  }

  @Test func createsParentsAndLeavesNothingElse() throws {
    let temporary = try TemporaryFolder()
    try RunClaim(temporary["a/b/run"], of: identity).release()
    #expect(try temporary.names("a/b/run") == [])
  }

  @Test func theSameRunIsGoneOnWithAnotherIsNot() throws {
    let temporary = try TemporaryFolder()
    try begin(temporary["run"])
    let again = try RunClaim(temporary["run"], of: identity)
    #expect(again.stored?.content == "a")
    again.release()
    let error = try #require(throws: RunFolderError.self) {
      try RunClaim(temporary["run"], of: RunIdentity(.flow, content: "b"))
    }
    #expect(error == .otherRun(temporary["run"], command: "integrate"))
    try Data("mine".utf8).write(to: URL(fileURLWithPath: temporary["notes.txt"]))
    #expect(throws: RunFolderError.exists(temporary.path)) { try RunClaim(temporary.path, of: identity) }
    #expect(try temporary.names() == ["notes.txt", "run"])
  }

  /// The old run goes when the new one stands, files that are no run's stay.
  @Test func aReplacedRunGoesWhenTheNewOneStands() throws {
    let temporary = try TemporaryFolder()
    try begin(temporary["run"])
    for file in [
      "summary.json", "theory/x/trajectory.csv", "seed-3/manifest.json", "seed-3/notes.txt", "notes.txt",
    ] {
      let url = URL(fileURLWithPath: temporary["run/\(file)"])
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("old".utf8).write(to: url)
    }
    let claim = try RunClaim(temporary["run"], of: RunIdentity(.flow, content: "b"), .replace)
    #expect(FileManager.default.fileExists(atPath: temporary["run/summary.json"]), "nothing has begun yet")
    claim.release()
    try begin(temporary["run"], RunIdentity(.flow, content: "b"), .replace)
    #expect(try temporary.names("run") == ["config.yaml", "manifest.json", "notes.txt", "seed-3"])
    #expect(try temporary.names("run/seed-3") == ["notes.txt"])
  }

  /// A kill between the old run's going and the new one's coming.
  @Test func aRunThatWasSetAsideComesBack() throws {
    let temporary = try TemporaryFolder()
    try begin(temporary["run"])
    try ReplacedRun(in: RunFolder(of: temporary["run"])).setAside()
    #expect(try temporary.names("run") == [".replaced"])
    let claim = try RunClaim(temporary["run"], of: identity)
    claim.release()
    #expect(claim.stored?.content == "a")
    #expect(try temporary.names("run") == ["config.yaml", "manifest.json"])
  }

  @Test func whatAKilledProcessWasWritingGoes() throws {
    let temporary = try TemporaryFolder()
    try begin(temporary["run"])
    try Data("half".utf8).write(to: URL(fileURLWithPath: temporary["run/.writing-summary.json-1-2"]))
    try RunClaim(temporary["run"], of: identity).release()
    #expect(try temporary.names("run") == ["config.yaml", "manifest.json"])
  }

  @Test func unwritablePlacesAreSaid() throws {
    let temporary = try TemporaryFolder()
    try Data("x".utf8).write(to: URL(fileURLWithPath: temporary["file"]))
    #expect(throws: RunFolderError.notAFolder(temporary["file"])) {
      try RunClaim(temporary["file"], of: identity, .replace)
    }
    let error = try #require(throws: RunFolderError.self) {
      try RunClaim(temporary["file/run"], of: identity)
    }
    #expect(error.description.contains("file is a file"), "\(error)")
    #expect(try temporary.names() == ["file"])
  }
}
