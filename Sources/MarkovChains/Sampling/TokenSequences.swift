/// Token sequences of one length: L + 1 tokens each, the context x_1..x_L and the token x_{L+1} to predict.
public struct TokenSequences: Hashable, Sendable {
  /// d; every token is in 0..<d.
  public let tokens: Int
  /// L + 1.
  public let length: Int
  /// How many.
  public let count: Int
  /// Row by row, count × length.
  public private(set) var storage: [UInt16]

  /// - Throws: `SequenceError` when a token lies outside the alphabet, when there is no sequence, when one is
  ///   shorter than two tokens or when their lengths differ. O(number of tokens).
  public init(_ sequences: [[Int]], tokens: Int) throws {
    guard let first = sequences.first else { throw SequenceError.empty }
    guard first.count >= 2 else {
      throw SequenceError.tooShort(sequence: 0, length: first.count, required: 2)
    }
    var storage: [UInt16] = []
    storage.reserveCapacity(sequences.count * first.count)
    for (row, sequence) in sequences.enumerated() {
      guard sequence.count == first.count else {
        throw SequenceError.unequalLengths(sequence: row, length: sequence.count, expected: first.count)
      }
      for (position, token) in sequence.enumerated() {
        guard (0..<tokens).contains(token), let stored = UInt16(exactly: token) else {
          throw SequenceError.tokenOutOfRange(
            sequence: row, position: position + 1, token: token, tokens: tokens)
        }
        storage.append(stored)
      }
    }
    self.tokens = tokens
    self.length = first.count
    self.count = sequences.count
    self.storage = storage
  }

  /// Sequences of token 0, for a sampler to fill.
  public init(count: Int, length: Int, tokens: Int) {
    precondition(count >= 0 && length >= 0 && tokens <= 1 << 16, "sizes out of range")
    self.tokens = tokens
    self.length = length
    self.count = count
    self.storage = Array(repeating: 0, count: count * length)
  }

  public subscript(sequence: Int) -> ArraySlice<UInt16> {
    storage[sequence * length..<(sequence + 1) * length]
  }

  /// The chosen sequences, in the order of `rows`.
  public func selecting(_ rows: some Collection<Int>) -> TokenSequences {
    var chosen = TokenSequences(count: rows.count, length: length, tokens: tokens)
    for (target, row) in rows.enumerated() {
      chosen.storage.replaceSubrange(target * length..<(target + 1) * length, with: self[row])
    }
    return chosen
  }

  /// The first `length` tokens of every sequence: the same chains with a shorter context.
  public func prefix(_ length: Int) -> TokenSequences {
    precondition(length <= self.length, "a prefix is no longer than the sequence")
    var shorter = TokenSequences(count: count, length: length, tokens: tokens)
    for row in 0..<count {
      shorter.storage.replaceSubrange(row * length..<(row + 1) * length, with: self[row].prefix(length))
    }
    return shorter
  }

  /// Access for samplers, which vouch for tokens in range.
  package mutating func withUnsafeMutableTokens<Result>(
    _ body: (UnsafeMutableBufferPointer<UInt16>) throws -> Result
  ) rethrows -> Result {
    try storage.withUnsafeMutableBufferPointer { try body($0) }
  }
}

/// Sequences that cannot be used.
public enum SequenceError: Error, Equatable {
  case empty
  /// Sequences are counted from 0, positions from 1.
  case tokenOutOfRange(sequence: Int, position: Int, token: Int, tokens: Int)
  case unequalLengths(sequence: Int, length: Int, expected: Int)
  /// `required` tokens are needed: one more than the shortest context.
  case tooShort(sequence: Int, length: Int, required: Int)
}

extension SequenceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "there is no sequence; at least one is needed"
    case .tokenOutOfRange(let sequence, let position, let token, let tokens):
      "sequence \(sequence) has token \(token) at position \(position); tokens are 0 to \(tokens - 1)"
    case .unequalLengths(let sequence, let length, let expected):
      "sequence \(sequence) has \(length) tokens, the ones before it \(expected); all must be equally long"
    case .tooShort(let sequence, let length, let required):
      "sequence \(sequence) has \(length) tokens; the model needs at least \(required), "
        + "a full window, one key and the token to predict: lengthen the context or shrink the window"
    }
  }
}
