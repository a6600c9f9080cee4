import Foundation

/// Sequences of equal length, L+1 tokens each: the context x_1...x_L and the token to predict.
///
/// In JSON a list of lists, or an object `{"format": 1, "sequences": [..]}`; in CSV a row a sequence. Tokens are
/// written as numbers from 0 or as the alphabet's symbols.
public struct SequencesFile: Hashable, Sendable {
  /// At least one, all of one length.
  public let sequences: [[Int]]

  /// L+1.
  public var length: Int { sequences.first?.count ?? 0 }

  /// - Parameters:
  ///   - shortest: the least length, L+1, that the model in use can take.
  /// - Throws: `DataFileError` with a key path such as `[3][17]`: token 17 of sequence 3, both from 0.
  public init(json data: Data, alphabet: Alphabet, shortest: Int = 2) throws(DataFileError) {
    // Decoding at once is ten times faster than value by value, which is there to say what is wrong.
    if let plain = try? JSONDecoder().decode([[Int]].self, from: data),
      plain.allSatisfy({ $0.allSatisfy { $0 >= 0 && $0 < alphabet.size } })
    {
      try self.init(plain, shortest: shortest) { "[\($0)]" }
      return
    }
    let shape = "a list of sequences, each a list of tokens"
    let root = try JSONValue(parsing: data, allowed: shape)
    var rows = root
    if root.isObject {
      let members = try root.members(["format", "sequences"], allowed: shape)
      try members["format"]?.checkFormat()
      rows = members["sequences"] ?? root
    }
    var sequences: [[Int]] = []
    for row in try rows.list(allowed: shape) {
      var sequence: [Int] = []
      for entry in try row.list(allowed: "a list of tokens") {
        sequence.append(try Self.token(entry, alphabet))
      }
      sequences.append(sequence)
    }
    try self.init(sequences, shortest: shortest) { "\(rows.keyPath)[\($0)]" }
  }

  /// Rows are separated by line ends, tokens by commas; blank lines count for nothing.
  ///
  /// - Throws: `DataFileError` with the place as in `row 4, column 18`, counted from 1 as editors do.
  public init(csv data: Data, alphabet: Alphabet, shortest: Int = 2) throws(DataFileError) {
    guard let text = String(data: data, encoding: .utf8) else {
      throw DataFileError(keyPath: "", found: "text that is not UTF-8", allowed: "rows of tokens")
    }
    var sequences: [[Int]] = []
    var lines: [Int] = []
    for (line, row) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
    {
      guard !row.allSatisfy(\.isWhitespace) else { continue }
      var sequence: [Int] = []
      for (column, cell) in row.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
        let name = cell.trimmingCharacters(in: .whitespaces)
        guard let token = alphabet.token(name) else {
          throw DataFileError(
            keyPath: "row \(line + 1), column \(column + 1)",
            found: name.isEmpty ? "an empty cell" : "\"\(name)\"", allowed: alphabet.allowed)
        }
        sequence.append(token)
      }
      sequences.append(sequence)
      lines.append(line + 1)
    }
    try self.init(sequences, shortest: shortest) { "row \(lines[$0])" }
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

  private static func token(_ value: JSONValue, _ alphabet: Alphabet) throws(DataFileError) -> Int {
    if let text = value.text {
      guard let token = alphabet.token(text) else { throw value.refused(allowed: alphabet.allowed) }
      return token
    }
    let allowed = "\(alphabet.symbols == nil ? "" : "a symbol, or ")a token from 0 to \(alphabet.size - 1)"
    let token = try value.integer(allowed: allowed)
    guard token >= 0, token < alphabet.size else { throw value.refused(allowed: allowed) }
    return token
  }

  /// The file's text, a list of lists of numbers.
  public var json: String {
    let rows = sequences.map { "[\($0.map { "\($0)" }.joined(separator: ", "))]" }
    return "[\n\(rows.joined(separator: ",\n"))\n]\n"
  }

  /// The file's text, a row a sequence, with the alphabet's symbols where it has them.
  public func csv(_ alphabet: Alphabet) -> String {
    sequences.map { $0.map(alphabet.name).joined(separator: ",") + "\n" }.joined()
  }
}
