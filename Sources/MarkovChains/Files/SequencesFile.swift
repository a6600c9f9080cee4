import Foundation
import StrictJSON

/// Sequences of equal length, L+1 tokens each: the context x_1...x_L and the token to predict.
///
/// In JSON a list of lists, or an object `{"format": 1, "sequences": [..]}`; in CSV or with tabs a row a sequence. Tokens are
/// written as numbers from 0 or as the alphabet's symbols. Where a symbol reads as a number, numbers are symbols, in
/// every form: the same digits mean the same.
public struct SequencesFile: Hashable, Sendable {
  /// At least one, all of one length.
  public let sequences: [[Int]]

  /// L+1.
  public var length: Int { sequences.first?.count ?? 0 }

  /// How a file is written.
  public enum Form: Sendable {
    case json, csv, tsv

    /// By the ending of a file's name; JSON for those that have no other.
    public init(ofFile name: String) {
      let name = name.lowercased()
      self = name.hasSuffix(".csv") ? .csv : name.hasSuffix(".tsv") || name.hasSuffix(".tab") ? .tsv : .json
    }
  }

  /// - Parameter sequences: not empty, of one length.
  public init(_ sequences: [[Int]]) throws(DataFileError) {
    try self.init(sequences, shortest: 2) { "[\($0)]" }
  }

  /// - Parameter shortest: the least length, L+1, that the model in use can take.
  /// - Throws: `DataFileError` with the place.
  public init(_ data: Data, _ form: Form, alphabet: Alphabet, shortest: Int = 2) throws(DataFileError) {
    switch form {
    case .json: try self.init(json: data, alphabet: alphabet, shortest: shortest)
    case .csv: try self.init(DelimitedText(data, .comma), alphabet: alphabet, shortest: shortest)
    case .tsv: try self.init(DelimitedText(data, .tab), alphabet: alphabet, shortest: shortest)
    }
  }

  /// The key path of an error reads `[3][17]`: token 17 of sequence 3, both from 0.
  private init(json data: Data, alphabet: Alphabet, shortest: Int) throws(DataFileError) {
    let shape = "a list of sequences, each a list of tokens"
    let root = try JSONCursor(parsing: data, allowed: shape)
    var rows = root
    if root.isObject {
      let members = try root.members(["format", "sequences"], allowed: shape)
      try members["format"]?.checkFormat()
      rows = members["sequences"] ?? root
    }
    var sequences: [[Int]] = []
    for row in try rows.list(allowed: shape) {
      // Key paths are made for what is wrong alone: plain tokens are nearly all of a file.
      if let plain = row.value?.tokens(below: alphabet.numbers) {
        sequences.append(plain)
        continue
      }
      var sequence: [Int] = []
      for entry in try row.list(allowed: "a list of tokens") {
        sequence.append(try Self.token(entry, alphabet))
      }
      sequences.append(sequence)
    }
    try self.init(sequences, shortest: shortest) { "\(rows.keyPath)[\($0)]" }
  }

  /// The place of an error reads `row 4, column 18`, counted from 1 as editors do.
  private init(_ text: DelimitedText, alphabet: Alphabet, shortest: Int) throws(DataFileError) {
    var sequences: [[Int]] = []
    for row in text.rows {
      var sequence: [Int] = []
      for (column, name) in row.cells.enumerated() {
        guard let token = alphabet.token(name) else {
          throw DataFileError(
            keyPath: "row \(row.line), column \(column + 1)",
            found: name.isEmpty ? "an empty cell" : "\"\(name)\"", allowed: alphabet.allowed)
        }
        sequence.append(token)
      }
      sequences.append(sequence)
    }
    try self.init(sequences, shortest: shortest) { "row \(text.rows[$0].line)" }
  }

  private init(_ sequences: [[Int]], shortest: Int, place: (Int) -> String) throws(DataFileError) {
    guard let length = sequences.first?.count else {
      throw DataFileError(keyPath: "", found: "no sequences", allowed: "at least one")
    }
    for (index, sequence) in sequences.enumerated() {
      guard sequence.count >= shortest else {
        throw DataFileError(
          keyPath: place(index), found: "\(sequence.count) tokens",
          allowed: "at least \(shortest), the token to predict included")
      }
      guard sequence.count == length else {
        throw DataFileError(
          keyPath: place(index), found: "\(sequence.count) tokens",
          allowed: "\(length) tokens, as in the first sequence")
      }
    }
    self.sequences = sequences
  }

  private static func token(_ entry: JSONCursor, _ alphabet: Alphabet) throws(DataFileError) -> Int {
    let text: String
    if let symbol = entry.text {
      text = symbol
    } else {
      text = "\(try entry.integer(allowed: alphabet.allowed))"
    }
    guard let token = alphabet.token(text) else { throw entry.refused(allowed: alphabet.allowed) }
    return token
  }

  /// The file's text: in JSON a list of lists of numbers, or of symbols in quotes where a symbol reads as a number; else a row
  /// a sequence, with the alphabet's symbols where it has them.
  public func text(_ form: Form, _ alphabet: Alphabet) -> String {
    func rows(_ separator: DelimitedText.Separator) -> String {
      let cells = (0..<alphabet.size).map { DelimitedText.cell(alphabet.name($0), separator) }
      let between = String(UnicodeScalar(separator.rawValue))
      return sequences.map { $0.map { cells[$0] }.joined(separator: between) + "\n" }.joined()
    }
    switch form {
    case .csv: return rows(.comma)
    case .tsv: return rows(.tab)
    case .json:
      let names = (0..<alphabet.size).map { token in
        alphabet.numbers == 0 ? JSON.quoted(alphabet.name(token)) : "\(token)"
      }
      let rows = sequences.map { "[\($0.map { names[$0] }.joined(separator: ", "))]" }
      return "[\n\(rows.joined(separator: ",\n"))\n]\n"
    }
  }
}

extension JSON {
  /// A list of integers in 0..<bound; nil for anything else.
  fileprivate func tokens(below bound: Int) -> [Int]? {
    guard case .array(let entries) = self else { return nil }
    var tokens: [Int] = []
    tokens.reserveCapacity(entries.count)
    for entry in entries {
      guard case .integer(let token) = entry, token >= 0, token < bound else { return nil }
      tokens.append(token)
    }
    return tokens
  }
}
