import Foundation
import Testing

@Suite struct InitTests {
  @Test(
    arguments: [
      [], ["--tokens", "4", "--parents", "1,3"], ["--tokens", "[A, C, G, T]", "--parents", "[2]"],
      ["--parents", "1", "--window", "2", "--heads", "5"],
    ])
  func whatIsPrintedValidates(options: [String]) throws {
    let place = try Workplace()
    let result = Command.finish(try Command.start(["init"] + options, in: place.path))
    try #require(result.status == 0, "\(result.error)")
    #expect(result.output.hasPrefix("# A configuration"))
    try place.write(result.output, to: "my.yaml")
    let validated = try Command.run("validate", "my.yaml", in: place)
    #expect(validated.status == 0, "\(validated.error)")
  }

  @Test(
    arguments: [
      (["--tokens", "1"], 65, "source.tokens"), (["--parents", "2,1"], 65, "source.parents"),
      (["--parents", "x"], 64, "--parents"), (["--heads", "0"], 65, "model.heads"),
    ])
  func whatCannotBe(options: [String], status: Int, mention: String) throws {
    let place = try Workplace()
    let result = Command.finish(try Command.start(["init"] + options, in: place.path))
    #expect(result.status == status && result.error.contains(mention), "\(result.error)")
    #expect(result.output.isEmpty)
  }

  @Test func schemaOrConfiguration() throws {
    let place = try Workplace()
    let schema = try Command.run("validate", "--schema", in: place)
    #expect(schema.status == 0 && schema.output.contains("\"$schema\""))
    #expect(try Command.run("validate", in: place).status == 64)
    #expect(try Command.run("validate", "small.yaml", "--schema", in: place).status == 64)
  }
}
