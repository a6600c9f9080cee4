import MarkovChains

extension Alphabet {
  /// `source.tokens`: d, or the list of symbols.
  init(_ cursor: Cursor) throws {
    guard case .list = cursor.tree.content else {
      self = try Alphabet(size: cursor.integer(in: 2...Kernel.largestAlphabet))
      return
    }
    let entries = try cursor.list(of: "symbols")
    let symbols = try entries.map { try $0.text("a symbol") }
    do {
      self = try Alphabet(symbols: symbols)
    } catch let error {
      let place =
        switch error {
        case .size: cursor
        case .symbol(let index, _), .repeatedSymbol(let index, _), .notOneCharacter(let index, _):
          entries[index]
        }
      throw place.error(.outOfRange, found: error.found, allowed: error.allowed)
    }
  }

  var tree: ConfigurationTree {
    symbols.map { .list($0.map { .text($0) }) } ?? .integer(size)
  }
}

extension Prior {
  /// `source.prior`.
  init(_ cursor: Cursor?) throws {
    let section = try cursor?.section("dirichlet", "kernels", "seed")
    let concentration = try section?["dirichlet"]?.number(.positive) ?? 0.5
    let kernels = try section?["kernels"]?.integer(in: 1...Self.mostKernels) ?? 64
    let seed = try section?["seed"]?.seed() ?? 1
    do {
      self = try Prior(concentration: concentration, kernels: kernels, seed: seed)
    } catch let error {
      guard let place = section?[error.key] else { throw error }
      throw place.error(.outOfRange, allowed: error.allowed)
    }
  }

  private static let mostKernels = 1 << 30

  var tree: ConfigurationTree {
    .map(["dirichlet": .number(concentration), "kernels": .integer(kernels), "seed": .integer(seed)])
  }
}
