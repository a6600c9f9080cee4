import MarkovChains

/// `source`: the alphabet and the Markov chains that sequences come from.
public struct SourceConfiguration: Equatable, Sendable {
  /// The population of kernels that averages run over.
  public enum Kernels: Equatable, Sendable {
    /// Rows drawn from Dirichlet(α, ..., α).
    case prior(Prior)
    case file(InputFile)
  }

  public var alphabet: Alphabet
  /// Lags, ascending, counted from 1.
  public var parents: [Int]
  public var kernels: Kernels
  public var start: Source.Start

  /// d.
  public var tokens: Int { alphabet.size }
}

extension SourceConfiguration {
  init(_ cursor: Cursor) throws {
    let section = try cursor.section("tokens", "parents", "prior", "kernels", "start")
    alphabet = try Alphabet(section.required("tokens", "the number of tokens, or the list of symbols"))
    parents = try Self.parents(section.required("parents", "a list of lags such as [1, 2]"))
    kernels =
      switch try section.only(of: "prior", "kernels") {
      case ("kernels", let file)?: .file(try file.file("the name of a kernels file"))
      default: .prior(try Prior(section["prior"]))
      }
    start = try section["start"]?.choice(Source.Start.self) ?? .uniform
  }

  private static func parents(_ cursor: Cursor) throws -> [Int] {
    let entries = try cursor.list(of: "lags such as [1, 2]")
    let lags = try entries.map { try $0.integer(in: 1...largestLag) }
    for (index, pair) in zip(lags, lags.dropFirst()).enumerated() where pair.0 >= pair.1 {
      throw entries[index + 1].error(
        .outOfRange, allowed: "lags in ascending order, none twice: more than \(pair.0) here",
        suggestion: "write [\(Set(lags).sorted().map(String.init).joined(separator: ", "))]")
    }
    return lags
  }

  public static let largestLag = 1 << 12

  var tree: ConfigurationTree {
    let (prior, file): (ConfigurationTree?, ConfigurationTree?) =
      switch kernels {
      case .prior(let prior): (prior.tree, nil)
      case .file(let file): (nil, file.tree)
      }
    return .map([
      "tokens": alphabet.tree, "parents": .list(parents.map { .integer($0) }), "prior": prior,
      "kernels": file,
      "start": .word(start.rawValue),
    ])
  }
}
