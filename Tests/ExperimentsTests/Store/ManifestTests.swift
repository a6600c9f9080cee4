import Foundation
import SymbolicTensors
import Testing

@testable import Experiments

@Suite struct ManifestTests {
  @Test func manifestHashesInputsAndConfiguration() throws {
    let temporary = try TemporaryFolder()
    try Data("abc".utf8).write(to: URL(fileURLWithPath: temporary["p.json"]))
    let read = try configuration(minimal, "initial={parameters: \(temporary["p.json"])}")
    let manifest = try Manifest(read.identity(of: .flow), read, threads: 2)
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
      try Manifest(RunIdentity(.flow, content: ""), missing, threads: 1)
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
    var pieces = SHA256()
    for piece in [message.prefix(7), message.dropFirst(7).prefix(64), message.dropFirst(71)] {
      pieces.add(piece.utf8)
    }
    #expect(pieces.digits == hash)
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
