/// The tokens 0..<d of a source, and the symbols that files may write for them.
public struct Alphabet: Hashable, Sendable {
  /// d.
  public let size: Int
  /// One per token, if the source names its tokens.
  public let symbols: [String]?
  private let values: [String: Int]
  private let hasNumericSymbols: Bool

  /// Tokens without names.
  ///
  /// - Throws: `AlphabetError` for a size below 2 or above `Kernel.largestAlphabet`.
  public init(size: Int) throws(AlphabetError) {
    guard (2...Kernel.largestAlphabet).contains(size) else { throw .size(size) }
    self.size = size
    self.symbols = nil
    self.values = [:]
    self.hasNumericSymbols = false
  }

  /// Named tokens, the first being token 0.
  ///
  /// - Throws: `AlphabetError` for too few or too many symbols, one that stands twice, or one that a row of
  ///   CSV cannot hold: empty, with a comma or a line end, or with blanks at its ends.
  public init(symbols: [String]) throws(AlphabetError) {
    guard (2...Kernel.largestAlphabet).contains(symbols.count) else { throw .size(symbols.count) }
    var values: [String: Int] = [:]
    for (token, symbol) in symbols.enumerated() {
      guard let first = symbol.first, let last = symbol.last, !first.isWhitespace, !last.isWhitespace,
        !symbol.contains(where: { $0 == "," || $0.isNewline })
      else { throw .symbol(index: token, symbol: symbol) }
      guard values.updateValue(token, forKey: symbol) == nil else {
        throw .repeatedSymbol(index: token, symbol: symbol)
      }
    }
    self.size = symbols.count
    self.symbols = symbols
    self.values = values
    self.hasNumericSymbols = symbols.contains { Int($0) != nil }
  }

  /// Symbols that are known to be an alphabet.
  init(known symbols: [String]) {
    size = symbols.count
    self.symbols = symbols
    values = Dictionary(zip(symbols, symbols.indices)) { first, _ in first }
    hasNumericSymbols = symbols.contains { Int($0) != nil }
  }

  /// Tokens 0..<numbers may be written as their numbers: all, or none where some symbol reads as a number, because numbers
  /// would then mean two things.
  public var numbers: Int { hasNumericSymbols ? 0 : size }

  /// The token's symbol, or its number.
  public func name(_ token: Int) -> String { symbols?[token] ?? "\(token)" }

  /// The token that a text stands for: a symbol, or a number below `numbers`.
  public func token(_ text: String) -> Int? {
    if let token = values[text] { return token }
    guard let token = Int(text), token >= 0, token < numbers else { return nil }
    return token
  }

  /// What a token may look like, for messages.
  public var allowed: String {
    guard let symbols else { return "a token from 0 to \(size - 1)" }
    let shown = symbols.prefix(20).joined(separator: ", ") + (size > 20 ? ", ..." : "")
    return hasNumericSymbols ? "one of \(shown)" : "one of \(shown), or its number from 0 to \(size - 1)"
  }
}

/// Tokens that are no alphabet.
public enum AlphabetError: Error, Hashable {
  case size(Int)
  case symbol(index: Int, symbol: String)
  case repeatedSymbol(index: Int, symbol: String)
  /// In text that has a character for each token.
  case notOneCharacter(index: Int, symbol: String)
}

extension AlphabetError: CustomStringConvertible {
  /// Where it is wrong, as a file writes it.
  public var keyPath: String {
    switch self {
    case .size: "tokens"
    case .symbol(let index, _), .repeatedSymbol(let index, _), .notOneCharacter(let index, _):
      "tokens[\(index)]"
    }
  }

  public var found: String {
    switch self {
    case .size(let size): "\(size)"
    case .symbol(_, let symbol), .notOneCharacter(_, let symbol): "\"\(symbol)\""
    case .repeatedSymbol(_, let symbol): "the symbol \"\(symbol)\" a second time"
    }
  }

  public var allowed: String {
    switch self {
    case .size: "2 to \(Kernel.largestAlphabet) tokens, as a number or a list of symbols"
    case .symbol: "symbols that are not empty and have no commas, line ends or blanks at their ends"
    case .repeatedSymbol: "distinct symbols"
    case .notOneCharacter: "symbols of one character each, for text that has a character a token"
    }
  }

  public var description: String { "\(keyPath): found \(found), allowed \(allowed)" }
}
