/// The sequences that a finite-context loss is averaged over.
public enum SequencesConfiguration: Equatable, Sendable {
  /// A fixed set drawn from the source; L tokens of context and the token to predict.
  case drawn(context: Int, count: Int, seed: Int)
  case file(InputFile)
  /// All d^(L+1) sequences with their probabilities.
  case all(context: Int)
}

extension SequencesConfiguration {
  init(_ cursor: Cursor?) throws {
    let section = try cursor?.section("context", "count", "seed", "file", "all")
    let context = section?["context"]
    let length = try context?.integer(in: 1...1 << 24) ?? 100
    switch try section?.only(of: "file", "all", "count") {
    case ("file", let file)?:
      if let other = context ?? section?["seed"] {
        throw other.error(.conflict, allowed: "nothing beside a file of sequences")
      }
      self = .file(try file.file("the name of a sequences file"))
    case ("all", let all)?:
      guard all.word == "true" else { throw all.error(.outOfRange, allowed: "true") }
      if let seed = section?["seed"] {
        throw seed.error(.conflict, allowed: "a seed only for sequences that are drawn")
      }
      self = .all(context: length)
    case let drawn:
      self = .drawn(
        context: length,
        count: try drawn?.value.integer(in: 1...1 << 30) ?? 9000,
        seed: try section?["seed"]?.seed() ?? 1)
    }
  }

  var tree: ConfigurationTree {
    switch self {
    case .drawn(let context, let count, let seed):
      .map(["context": .integer(context), "count": .integer(count), "seed": .integer(seed)])
    case .file(let file): .map(["file": file.tree])
    case .all(let context): .map(["context": .integer(context), "all": .word("true")])
    }
  }
}
