import InductionModel

extension SourceConfiguration.Alphabet {
  init(_ cursor: Cursor) throws {
    let sizes = 2...ModelDefinition.largestAlphabet
    guard case .list = cursor.tree.content else {
      self = .size(try cursor.integer(in: sizes))
      return
    }
    let entries = try cursor.list(of: "symbols")
    var symbols: [String] = []
    for entry in entries {
      let symbol = try entry.text("a symbol")
      guard !symbols.contains(symbol) else {
        throw entry.error(.outOfRange, allowed: "every symbol once")
      }
      symbols.append(symbol)
    }
    guard sizes.contains(symbols.count) else {
      throw cursor.error(.outOfRange, allowed: "\(sizes.lowerBound) to \(sizes.upperBound) symbols")
    }
    self = .symbols(symbols)
  }

  var tree: ConfigurationTree {
    switch self {
    case .size(let size): .integer(size)
    case .symbols(let symbols): .list(symbols.map { .text($0) })
    }
  }
}

extension SourceConfiguration.Kernels {
  init(prior cursor: Cursor?) throws {
    let section = try cursor?.section("dirichlet", "kernels", "seed")
    self = .prior(
      dirichlet: try section?["dirichlet"]?.number(.positive) ?? 0.5,
      kernels: try section?["kernels"]?.integer(in: 1...1 << 30) ?? 64,
      seed: try section?["seed"]?.seed() ?? 1)
  }
}
