import InductionModel
import Theory

/// `compare` of a sweep: what its comparisons are asked for.
extension ComparisonRequest {
  init(_ cursor: Cursor) throws {
    self.init()
    let section = try cursor.section("levels", "lengths", "sequences", "seed", "ladder")
    levels = try section["levels"]?.list(of: "levels of theory").map { try $0.choice(TheoryLevel.self) }
    // An empty list asks for the training length alone.
    if let lengths = section["lengths"] {
      if case .list(let entries) = lengths.tree.content, entries.isEmpty {
        contexts = []
      } else {
        contexts = try lengths.list(of: "context lengths").map { try $0.integer(in: 1...1 << 20) }
      }
    }
    sequences = try section["sequences"]?.integer(in: 2...1 << 22) ?? sequences
    seed = try section["seed"]?.seed() ?? seed
    if let ladder = section["ladder"] { measuresLadder = try ladder.choice(Answer.self) == .yes }
  }

  private enum Answer: String, CaseIterable {
    case yes = "true"
    case no = "false"
  }

  var tree: ConfigurationTree {
    .map([
      "levels": levels.map { .list($0.map { .word($0.rawValue) }) },
      "lengths": contexts.map { .list($0.map { .integer($0) }) }, "sequences": .integer(sequences),
      "seed": .integer(seed), "ladder": .word("\(measuresLadder)"),
    ])
  }
}
