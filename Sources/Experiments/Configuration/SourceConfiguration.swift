import MarkovChains

/// `source`: the alphabet and the Markov chains that sequences come from.
public struct SourceConfiguration: Equatable, Sendable {
  /// The population of kernels that averages run over.
  public enum Kernels: Equatable, Sendable {
    /// Rows drawn from Dirichlet(α, ..., α).
    case prior(Prior)
    case file(InputFile)
    /// Estimated from sequences of the user.
    case text(TextConfiguration)
  }

  public var alphabet: Alphabet
  /// Lags, ascending, counted from 1; empty where a text's held-out tokens choose them.
  public var parents: [Int]
  public var kernels: Kernels
  public var start: Source.Start

  /// d.
  public var tokens: Int { alphabet.size }
}

extension SourceConfiguration {
  init(_ cursor: Cursor) throws {
    let section = try cursor.section("tokens", "parents", "prior", "kernels", "text", "start")
    let origin = try section.only(of: "prior", "kernels", "text")
    if case ("text", let cursor)? = origin {
      if let tokens = section["tokens"] {
        throw tokens.error(
          .conflict, allowed: "nothing beside source.text, whose alphabet says what tokens are")
      }
      let text = try TextConfiguration(cursor)
      alphabet = text.alphabet
      parents = try section["parents"].map(Self.parents) ?? []
      kernels = .text(text)
    } else {
      alphabet = try Alphabet(section.required("tokens", "the number of tokens, or the list of symbols"))
      parents = try Self.parents(section.required("parents", "a list of lags such as [1, 2]"))
      kernels =
        switch origin {
        case ("kernels", let file)?: .file(try file.file("the name of a kernels file"))
        default: .prior(try Prior(section["prior"]))
        }
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
    let start = ConfigurationTree.word(start.rawValue)
    let parents = ConfigurationTree.list(parents.map { .integer($0) })
    return switch kernels {
    case .prior(let prior):
      .map(["tokens": alphabet.tree, "parents": parents, "prior": prior.tree, "start": start])
    case .file(let file):
      .map(["tokens": alphabet.tree, "parents": parents, "kernels": file.tree, "start": start])
    case .text(let text):
      .map(["text": text.tree, "parents": self.parents.isEmpty ? nil : parents, "start": start])
    }
  }

  /// Whether training can have sequences of these kernels.
  func gives(_ kernels: TrainingData.Kernels) -> Bool {
    switch (kernels, self.kernels) {
    case (.source, _), (.prior, .prior), (.text, .text): true
    default: false
    }
  }
}
