/// One vertex of a scalar system: what a tensor expression becomes when its indices take their values.
///
/// Children are positions in the system's list of nodes and always lie before their parent.
public enum ScalarNode: Hashable, Sendable {
  case number(Number)
  /// A position in the system's names.
  case input(Int)
  /// Σ coefficient·node; nodes ascending and distinct, no coefficient 0; a constant multiplies the number 1.
  case sum([ScalarTerm])
  /// Π base^exponent; bases ascending and distinct.
  case product([ScalarFactor])
  case function(Function, ScalarID)
  /// The largest of several: what a softmax subtracts before it exponentiates.
  case maximum([ScalarID])
}

/// A position in `ScalarSystem.nodes`.
public typealias ScalarID = Int32

public struct ScalarTerm: Hashable, Sendable {
  public let coefficient: Number
  public let node: ScalarID
}

public struct ScalarFactor: Hashable, Sendable {
  public let base: ScalarID
  public let exponent: Number
}

/// How a softmax is written in scalars.
public enum SoftmaxForm: Hashable, Sendable {
  /// exp(x_i)/Σ exp(x_j), as one writes it; overflows beyond x = 709.
  case plain
  /// exp(x_i − max)/Σ exp(x_j − max), as one computes it.
  case shifted
}
