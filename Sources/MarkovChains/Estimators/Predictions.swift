/// What a predictor says of the next token, one row a sequence: d numbers, a law unless the predictor is a model whose
/// output is none.
public struct Predictions: Hashable, Sendable {
  /// d.
  public let tokens: Int
  /// [sequence][token], row-major.
  public let values: [Double]

  /// - Parameter values: a multiple of d numbers.
  public init(values: [Double], tokens: Int) {
    precondition(tokens > 0 && values.count % tokens == 0, "every row has a number for each token")
    self.tokens = tokens
    self.values = values
  }
}

extension Predictions: RandomAccessCollection {
  public var startIndex: Int { 0 }
  /// Sequences.
  public var endIndex: Int { values.count / tokens }

  /// One sequence's row.
  public subscript(sequence: Int) -> ArraySlice<Double> {
    values[sequence * tokens..<(sequence + 1) * tokens]
  }
}
