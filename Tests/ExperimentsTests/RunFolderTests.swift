import Experiments
import Foundation
import InductionModel
import SymbolicTensors
import Testing

/// A folder of its own that vanishes with its owner.
final class TemporaryFolder {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("inflow-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { "\(path)/\(name)" }

  func names(_ folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: self[folder]).sorted()
  }
}

@Suite struct RunFolderTests {
  @Test func createsParentsAndLeavesNothingElse() throws {
    let temporary = try TemporaryFolder()
    _ = try RunFolder(creating: temporary["a/b/run"], existing: .refuse)
    #expect(try temporary.names("a/b/run") == [])
    _ = try RunFolder(creating: temporary["a/b/run"], existing: .refuse)
  }

  @Test func existingRunIsReplacedOnlyWhenAsked() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder(creating: temporary["run"], existing: .refuse)
    try folder.write("{}", to: .summary)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: temporary["run/notes.txt"]))
    #expect(throws: RunFolderError.exists(temporary["run"])) {
      try RunFolder(creating: temporary["run"], existing: .refuse)
    }
    #expect(try temporary.names("run") == ["notes.txt", "summary.json"])
    _ = try RunFolder(creating: temporary["run"], existing: .replace)
    #expect(try temporary.names("run") == ["notes.txt"])
  }

  @Test func unwritablePlacesAreSaid() throws {
    let temporary = try TemporaryFolder()
    try Data("x".utf8).write(to: URL(fileURLWithPath: temporary["file"]))
    #expect(throws: RunFolderError.notAFolder(temporary["file"])) {
      try RunFolder(creating: temporary["file"], existing: .replace)
    }
    let error = try #require(throws: RunFolderError.self) {
      try RunFolder(creating: temporary["file/run"], existing: .refuse)
    }
    #expect(error.description.contains("file is a file"), "\(error)")
    #expect(try temporary.names() == ["file"])
  }

  @Test func trajectoryRowsReadBackToTheSameBits() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder(creating: temporary["run"], existing: .refuse)
    let model = try ModelDefinition(tokens: 3, window: 2, heads: 2, degree: 2)
    let parameters = Parameters(
      attention: [[0.1, 1.0 / 3], [-2e-300, 1e22]], coefficients: [1, 0.3, 1e-17, 2], scale: 0.01)
    let file = try TrajectoryFile(in: folder, model: model, clock: .time)
    try file.append(time: 0, loss: 1.1, parameters)
    try file.append(time: 1e-3, loss: 0.7, parameters)
    // Read while the file is still open: what a killed run leaves.
    let lines = try String(contentsOfFile: folder[.trajectory], encoding: .utf8).split(separator: "\n")
    #expect(
      lines[0]
        == "time,loss,a,w[1 1],w[1 2],w[2 1],w[2 2],c[],c[1],c[2],c[1 2],"
        + "sigma[1 1],sigma[1 2],sigma[2 1],sigma[2 2],p[],p[1],p[2],p[1 2]")
    #expect(lines.count == 3)
    let row = try lines[2].split(separator: ",").map { try #require(Double($0)) }
    let expected = [1e-3, 0.7, 0.01, 0.1, 1.0 / 3, -2e-300, 1e22, 1, 0.3, 1e-17, 2]
    #expect(Array(row.prefix(expected.count)) == expected)
    #expect(abs(row[11] + row[12] - 1) < 1e-15)
    #expect(abs(row[15...18].reduce(0, +) - 1) < 1e-15)
  }

  @Test func manifestHashesInputsAndConfiguration() throws {
    let temporary = try TemporaryFolder()
    try Data("abc".utf8).write(to: URL(fileURLWithPath: temporary["p.json"]))
    let read = try configuration(minimal, "initial={parameters: \(temporary["p.json"])}")
    let manifest = try Manifest(command: "integrate", read, threads: 2)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(manifest.json.text.utf8)) as? [String: Any])
    let inputs = try #require(object["inputs"] as? [[String: String]])
    #expect(inputs.map { $0["key"] } == ["initial.parameters"])
    // FIPS 180-4, example of "abc".
    #expect(
      inputs.first?["sha256"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(object["status"] as? String == "running")
    #expect(
      object["counts"] as? [String: Int] == ["accepted": 0, "rejected": 0, "evaluations": 0, "jacobians": 0])
    let missing = try configuration(minimal, "initial={parameters: \(temporary["q.json"])}")
    let error = try #require(throws: ConfigurationError.self) {
      try Manifest(command: "integrate", missing, threads: 1)
    }
    #expect(error.description.contains("initial.parameters"))
  }

  /// NIST's example values.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func hashesAreThoseOfTheStandard(message: String, hash: String) {
    #expect(SHA256.hash(message.utf8) == hash)
  }

  @Test func jsonKeepsOrderAndDigits() throws {
    let json = JSON.object([
      "z": .number(0.1), "a": .numbers([1.0 / 3, .infinity]), "t": .string("a \"b\"\n\u{1}\\"),
    ])
    #expect(json.text.firstIndex(of: "z")! < json.text.firstIndex(of: "a")!)
    let read = try #require(try JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? [String: Any])
    #expect(read["t"] as? String == "a \"b\"\n\u{1}\\")
    #expect((read["a"] as? [Any])?.first as? Double == 1.0 / 3)
    #expect((read["a"] as? [Any])?.last is NSNull)
  }
}
