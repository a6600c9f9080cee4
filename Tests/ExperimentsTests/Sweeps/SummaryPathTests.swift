import Experiments
import Foundation
import Testing

@Suite struct SummaryPathTests {
  private static let summary = """
    {
      "loss": 0.98765432109876543, "tiny": 5e-324, "steps": 9007199254740993, "complete": true, "gap": null,
      "name": "two, \\"words\\"", "winner": [1, 2], "none": [], "half": [0.5, 0.25],
      "shares": {"[]": 0.5, "[1]": 0.125, "[1 2]": 0.375}, "seeds[0]": "a key that looks like an index",
      "seeds": ["an entry", "another"], "a.b": {"c.d": 7}, "nested": [[1, 2], [3]],
      "limit": {"training": {"seeds": [{"share": 0.9}, {"share": 0.8}]}}
    }
    """

  private func field(_ path: String) throws -> String? {
    try #require(SummaryPath(path)).value(in: JSON(parsing: Data(Self.summary.utf8)))?.field
  }

  @Test(arguments: [
    ("loss", "0.9876543210987654"), ("tiny", "5e-324"), ("steps", "9007199254740993"), ("complete", "true"),
    ("gap", ""), ("name", "two, \"words\""), ("winner", "{1 2}"), ("none", "{}"), ("half", "{0.5 0.25}"),
    ("shares.[1 2]", "0.375"), ("shares.[]", "0.5"), ("winner[1]", "2"), ("winner.[1]", "2"),
    ("seeds[0]", "a key that looks like an index"), ("seeds[1]", "another"), ("a.b.c.d", "7"),
    ("nested[0][1]", "2"), ("nested[1].[0]", "3"), ("limit.training.seeds[0].share", "0.9"),
    ("limit.training.seeds[1].share", "0.8"),
  ])
  func findsWhatIsThere(path: String, value: String) throws {
    #expect(try field(path) == value)
  }

  @Test(arguments: [
    "los", "loss.x", "loss[0]", "winner[2]", "shares.[2]", "shares", "nested", "limit.training",
    "limit.training.seeds",
    "seeds[-1]", "seeds[x]",
  ])
  func findsNothingElse(path: String) throws {
    #expect(try field(path) == nil)
  }

  @Test(arguments: ["", ".", "a.", ".a", "a..b"])
  func refusesWhatIsNoPath(text: String) {
    #expect(SummaryPath(text) == nil)
  }

  @Test func quantitiesThatNoSummaryHasAreReported() throws {
    let quantities = try sweep("collect: {l: loss, s: 'shares.[1 3]', g: gap, w: whinner}").quantities
    var fields = SummaryFields(quantities)
    #expect(fields.problems.isEmpty)
    #expect(
      try fields.fields(of: JSON(parsing: Data(Self.summary.utf8))) == ["0.9876543210987654", "", "", ""])
    #expect(fields.problems.map(\.keyPath) == ["collect.s", "collect.w"])
    #expect(fields.problems[0].allowed == "[], [1], [1 2]")
    #expect(fields.problems[1].suggestion == "did you mean winner?")
    _ = try fields.fields(of: JSON(parsing: Data(#"{"shares": {"[1 3]": 1}}"#.utf8)))
    #expect(fields.problems.map(\.keyPath) == ["collect.w"])
  }
}
