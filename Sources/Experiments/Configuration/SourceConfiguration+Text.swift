import MarkovChains

/// `source.text`: kernels that are estimated from sequences of the user.
public struct TextConfiguration: Equatable, Sendable {
  public enum Format: String, CaseIterable, Sendable {
    /// A character a token.
    case plain
    /// The same behind headers.
    case fasta
    /// A row a sequence, a cell a token.
    case columns
  }

  /// How characters become tokens.
  public enum Symbols: Equatable, Sendable {
    case dna, letters
    /// As the configuration lists them.
    case own(Alphabet)
  }

  /// Which sets of lags are compared where the parents are not given.
  public struct Candidates: Equatable, Sendable {
    /// Subsets of the lags 1...`lags`,
    public var lags = 3
    /// of at most so many.
    public var most = 2
  }

  public var files: [InputFile]
  public var format: Format
  public var symbols: Symbols
  public var blocks: TextBlocks.Division
  /// α of the estimate.
  public var smoothing: Double
  /// The share of each block's tokens that no kernel is estimated from.
  public var heldOut: Double
  public var unknown: TextFile.Unknown
  public var candidates: Candidates

  public var alphabet: Alphabet {
    switch symbols {
    case .dna: TextSymbols.dna.alphabet
    case .letters: TextSymbols.letters.alphabet
    case .own(let alphabet): alphabet
    }
  }
}

extension TextConfiguration {
  init(_ cursor: Cursor) throws {
    let section = try cursor.section(
      "file", "format", "alphabet", "blocks", "smoothing", "held-out", "unknown", "candidates")
    files = try Self.files(section.required("file", "the name of a file, or a list of names"))
    let format = try section["format"]?.choice(Format.self) ?? .plain
    self.format = format
    symbols = try section["alphabet"].map { try Self.symbols($0, format) } ?? Self.symbols(of: format, cursor)
    blocks = try section["blocks"].map(Self.division) ?? (format == .plain ? .file : .record)
    smoothing = try section["smoothing"]?.number(.positive) ?? 0.5
    heldOut = try section["held-out"]?.number(.openUnit) ?? 0.1
    unknown = try section["unknown"]?.choice(TextFile.Unknown.self) ?? .refuse
    if format == .columns, unknown != .refuse, let place = section["unknown"] {
      throw place.error(.conflict, allowed: "refuse in columns, whose sequences have one length")
    }
    candidates = try Candidates(section["candidates"])
  }

  private static func files(_ cursor: Cursor) throws -> [InputFile] {
    guard case .list = cursor.tree.content else { return [try cursor.file("the name of a file")] }
    return try cursor.list(of: "names of files").map { try $0.file("the name of a file") }
  }

  /// What a format is in where nothing is said.
  private static func symbols(of format: Format, _ cursor: Cursor) throws -> Symbols {
    switch format {
    case .plain: return .letters
    case .fasta: return .dna
    case .columns:
      throw ConfigurationError(
        .missingKey, at: cursor.tree.place, keyPath: "\(cursor.path).alphabet", found: "nothing",
        allowed: "the number of tokens or the list of symbols of the columns")
    }
  }

  private static func symbols(_ cursor: Cursor, _ format: Format) throws -> Symbols {
    if let word = cursor.word, Int(word) == nil {
      let known: [(name: String, symbols: Symbols)] = [("dna", .dna), ("letters", .letters)]
      let name = try cursor.choice(among: known.map(\.name))
      let symbols = known.first { $0.name == name }?.symbols ?? .letters
      if format == .columns || (format == .fasta && name == "letters") {
        throw cursor.error(
          .conflict,
          allowed: "a number of tokens or a list of symbols"
            + (format == .fasta ? ", or dna, in fasta, whose line ends mean nothing" : ", in columns"))
      }
      return symbols
    }
    let alphabet = try Alphabet(cursor)
    if format != .columns {
      do {
        _ = try TextSymbols(alphabet)
      } catch {
        throw cursor.error(.outOfRange, found: error.found, allowed: error.allowed)
      }
    }
    return .own(alphabet)
  }

  private static func division(_ cursor: Cursor) throws -> TextBlocks.Division {
    switch cursor.word {
    case "file": return .file
    case "record": return .record
    default:
      guard let number = cursor.tree.number, let size = Int(exactly: number), size >= 2 else {
        throw cursor.error(.outOfRange, allowed: "file, record, or how many tokens a block has, from 2 on")
      }
      return .tokens(size)
    }
  }

  var tree: ConfigurationTree {
    let alphabet: ConfigurationTree =
      switch symbols {
      case .dna: .word("dna")
      case .letters: .word("letters")
      case .own(let alphabet): alphabet.tree
      }
    let blocks: ConfigurationTree =
      switch blocks {
      case .file: .word("file")
      case .record: .word("record")
      case .tokens(let size): .integer(size)
      }
    return .map([
      "file": files.count == 1 ? files[0].tree : .list(files.map(\.tree)), "format": .word(format.rawValue),
      "alphabet": alphabet, "blocks": blocks, "smoothing": .number(smoothing), "held-out": .number(heldOut),
      "unknown": .word(unknown.rawValue), "candidates": candidates.tree,
    ])
  }
}

extension TextConfiguration.Candidates {
  init(_ cursor: Cursor?) throws {
    let section = try cursor?.section("lags", "most")
    if let lags = section?["lags"] { self.lags = try lags.integer(in: 1...Self.largestLag) }
    if let most = section?["most"] {
      self.most = try most.integer(in: 1...lags)
    } else {
      most = min(most, lags)
    }
  }

  /// Every subset of them is a kernel to estimate.
  private static let largestLag = 16

  var tree: ConfigurationTree { .map(["lags": .integer(lags), "most": .integer(most)]) }
}
