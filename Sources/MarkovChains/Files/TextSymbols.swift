/// How the characters of a text become tokens.
public struct TextSymbols: Hashable, Sendable {
  public let alphabet: Alphabet
  private let meanings: [UnicodeScalar: Meaning]
  /// The token of a run of white space; nil where white space is nothing.
  let blank: UInt16?

  enum Meaning: Hashable, Sendable {
    case token(UInt16)
    /// A place whose token is not known: no context reaches over it.
    case gap
  }

  /// A, C, G, T in either case. What FASTA writes for a base that is not known (N and the other codes of IUPAC's
  /// nomenclature of 1984, and `-`) is a gap; white space is nothing.
  public static let dna = TextSymbols(
    alphabet: ["A", "C", "G", "T"], foldsCase: .yes, gaps: "NRYSWKMBDHV-", blank: nil)

  /// The 26 letters in either case, and `_`, the first token, for each run of white space between them.
  public static let letters = TextSymbols(
    alphabet: ["_"] + (UInt8(ascii: "a")...UInt8(ascii: "z")).map { String(UnicodeScalar($0)) },
    foldsCase: .yes, gaps: "", blank: 0)

  /// Symbols of one character each, as they are written; white space is nothing.
  ///
  /// - Throws: `AlphabetError` for a symbol of several characters.
  public init(_ alphabet: Alphabet) throws(AlphabetError) {
    var meanings: [UnicodeScalar: Meaning] = [:]
    for token in 0..<alphabet.size {
      let name = alphabet.name(token)
      let scalars = Array(name.unicodeScalars)
      guard scalars.count == 1, !scalars[0].properties.isWhitespace else {
        throw .notOneCharacter(index: token, symbol: name)
      }
      meanings[scalars[0]] = .token(UInt16(token))
    }
    (self.alphabet, self.meanings, blank) = (alphabet, meanings, nil)
  }

  private enum CaseFolding { case yes, no }

  /// Alphabets that are known to be some.
  private init(alphabet symbols: [String], foldsCase: CaseFolding, gaps: String, blank: UInt16?) {
    var meanings: [UnicodeScalar: Meaning] = [:]
    func add(_ text: String, _ meaning: Meaning) {
      for name in foldsCase == .yes ? [text.lowercased(), text.uppercased()] : [text] {
        for scalar in name.unicodeScalars { meanings[scalar] = meaning }
      }
    }
    for (token, symbol) in symbols.enumerated() where UInt16(token) != blank {
      add(symbol, .token(UInt16(token)))
    }
    add(gaps, .gap)
    alphabet = Alphabet(known: symbols)
    (self.meanings, self.blank) = (meanings, blank)
  }

  /// nil for a character outside of the alphabet.
  func meaning(of character: UnicodeScalar) -> Meaning? { meanings[character] }

  /// What a text may hold, for messages.
  var allowed: String {
    let gaps = meanings.filter { $0.value == .gap }.keys.map(String.init).sorted().joined()
    let names = (0..<alphabet.size).filter { UInt16($0) != blank }.map(alphabet.name)
    let shown = names.prefix(30).joined(separator: " ") + (names.count > 30 ? " .." : "")
    return shown + (gaps.isEmpty ? "" : ", for gaps \(gaps)") + ", and white space"
  }
}
