/// Why theory cannot say something.
public enum TheoryError: Error, Equatable {
  /// −log(0): a next token does not occur in its context, or not at all.
  case infiniteLoss(epsilon: Double)
  /// exp(a q) left the range of doubles.
  case overflow(scale: Double)
  /// The linear second layer's prediction left the simplex.
  case negativePrediction(epsilon: Double)
  case notFinite
  /// The loss has no power series in a.
  case noExpansion
  /// A sequence that the model cannot read.
  case shortSequence(length: Int, shortest: Int)
  case unequalSequences(length: Int, expected: Int, position: Int)
  case noSequences
  /// More sequences than fit one system of tensors.
  case tooManySequences(count: Int, most: Int)
  case token(Int, sequence: Int, position: Int, tokens: Int)
}
