import Foundation
import Testing

@Suite struct GeneralizeTests {
  /// The true kernel is at no distance from itself, and nothing has a lower loss.
  @Test func kernelIsTheBest() throws {
    let place = try Workplace()
    #expect(try Command.run("integrate", "small.yaml", "--out", "run", in: place).status == 0)
    let result = try Command.run(
      "generalize", "run", "--length", "30", "--length", "200", "--alpha", "0.5", "--sequences", "256",
      "--out", "g.csv",
      in: place)
    try #require(result.status == 0, "\(result.error)")
    let rows = try place.read("g.csv").split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(
      rows.map { $0[2] } == [
        "model", "induction head", "true kernel", "model", "induction head", "true kernel",
      ])
    for start in [0, 3] {
      let losses = try (0..<3).map { try #require(Double(rows[start + $0][3])) }
      #expect(losses[2] < min(losses[0], losses[1]))
      #expect(Double(rows[start + 2][5]) == 0)
    }
    #expect(try Command.run("generalize", "run", "--length", "2", in: place).status == 65)
    #expect(try Command.run("generalize", "nowhere", in: place).status == 65)
    #expect(try Command.run("generalize", "run", "--out", "g.csv", "--length", "30", in: place).status == 65)
  }
}
