import Foundation
import Testing

/// What `inflow sample` writes is what the runs use: a run that reads it comes to the same bits.
@Suite struct SampleTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write(SchemaTests.configuration, to: "c.yaml")
  }

  @discardableResult
  private func run(_ arguments: String...) throws -> String {
    let result = Command.finish(try Command.start(arguments, in: place.path))
    try #require(result.status == 0, "\(arguments): \(result.error)")
    return result.output
  }

  /// Rows of seed 2's trajectory.
  private func train(_ overrides: String..., as name: String) throws -> String {
    let settings = ["training.seeds=[2]", "training.measure={every: step}"] + overrides
    let result = Command.finish(
      try Command.start(
        ["train", "c.yaml", "--out", name] + settings.flatMap { ["--set", $0] }, in: place.path))
    try #require(result.status == 0, "\(result.error)")
    return try place.read("\(name)/seed-2/trajectory.csv")
  }

  @Test func fixedSequences() throws {
    let drawn = try train(as: "drawn")
    for name in ["s.json", "s.csv", "s.tsv"] {
      try run("sample", "c.yaml", "--seed", "2", "--out", name)
      try #expect(train("training.data={file: \(name)}", as: "read-\(name)") == drawn)
    }
    try run("sample", "c.yaml", "--of", "held-out", "--out", "h.csv")
    try #expect(train("training.held-out={file: h.csv}", as: "held") == drawn)
  }

  /// The second step from its own sequences, where the first one ended.
  @Test(arguments: ["{fresh: 8}", "{fresh: 8, kernels: prior}", "{fixed: 8, batch: 3}"])
  func sequencesOfAStep(data: String) throws {
    let whole = try train(
      "training.data=\(data)", "training.stages[0].steps=2", "training.checkpoints={every: step}", as: "whole"
    )
    try run(
      "sample", "c.yaml", "--set", "training.data=\(data)", "--seed", "2", "--step", "1", "--out", "s.json")
    let second = try train(
      "training.data={file: s.json}", "training.stages[0].steps=1",
      "initial={parameters: whole/seed-2/checkpoints/step-000000001.json}", as: "second")
    // Time and step count from other starts, the loss may be of other held-out sequences, and a batch that is used once is
    // summed in another order than one that stays.
    func end(_ table: String) throws -> [Double] {
      let row = try #require(table.split(separator: "\n").last).split(separator: ",")
      return try row.dropFirst(3).dropLast().map { try #require(Double($0)) }
    }
    for (ours, theirs) in try zip(end(second), end(whole)) { #expect(abs(ours - theirs) < 1e-13) }
  }

  @Test func sequencesOfTheTheoryAndKernels() throws {
    try run("sample", "c.yaml", "--of", "theory", "--out", "s.tsv")
    try #expect(run("evaluate", "c.yaml") == run("evaluate", "c.yaml", "--sequences", "s.tsv"))
    try run("sample", "c.yaml", "--kernels", "--out", "k.json")
    try #expect(
      run("inspect", "c.yaml", "--json")
        == run("inspect", "c.yaml", "--json", "--set", "source.prior=null", "--set", "source.kernels=k.json"))
  }

  /// The header as numpy.lib.format describes it, and the numbers of the JSON file behind it.
  @Test func arraysOfNumPy() throws {
    try run("sample", "c.yaml", "--count", "5", "--out", "s.npy")
    try run("sample", "c.yaml", "--count", "5", "--out", "s.json")
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: place["s.npy"])))
    #expect(Array(bytes.prefix(8)) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
    let start = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
    #expect(start % 64 == 0 && bytes[start - 1] == 0x0A)
    let header = String(decoding: bytes[10..<start], as: UTF8.self)
    #expect(header.hasPrefix("{'descr': '<u2', 'fortran_order': False, 'shape': (5, 21), }"))
    let tokens = stride(from: start, to: bytes.count, by: 2).map { Int(bytes[$0]) + 256 * Int(bytes[$0 + 1]) }
    let rows = try JSONDecoder().decode([[Int]].self, from: Data(place.read("s.json").utf8))
    #expect(tokens == rows.flatMap { $0 })
  }

  @Test(arguments: [
    (["--out", "s.txt"], "--out"), (["--of", "held-out", "--step", "3", "--out", "s.csv"], "--step"),
    (["--set", "training.data={file: t.json}", "--count", "9", "--out", "s.csv"], "--count"),
    (["--set", "training=null", "--of", "training", "--out", "s.csv"], "training"),
    (["--out", "c.yaml.csv"], "--force"),
  ])
  func refusals(arguments: [String], says: String) throws {
    try place.write("", to: "c.yaml.csv")
    try run("sample", "c.yaml", "--count", "3", "--out", "t.json")
    let result = Command.finish(try Command.start(["sample", "c.yaml"] + arguments, in: place.path))
    #expect(result.status == 65 && result.error.contains(says), "\(result.error)")
  }
}
