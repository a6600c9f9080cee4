/// The transition kernel π of an n-gram Markov chain: x_t ~ π(· | x_{t−r_1}, ..., x_{t−r_n}).
///
/// Rows are indexed by context, Σ_i x_{t−r_i} d^{i−1}: the nearest parent is the fastest digit.
public struct Kernel: Hashable, Sendable {
  /// d; tokens are 0..<d.
  public let tokens: Int
  /// Lags r_1 < ... < r_n, counted from 1; not necessarily contiguous.
  public let parents: [Int]
  /// π, row-major, dⁿ contexts × d next tokens.
  public let probabilities: [Double]

  /// The caller vouches for shape, order of the parents and rows that sum to 1.
  public init(unchecked probabilities: [Double], tokens: Int, parents: [Int]) {
    self.tokens = tokens
    self.parents = parents
    self.probabilities = probabilities
  }

  /// dⁿ.
  public var contexts: Int { probabilities.count / tokens }

  /// π(· | context).
  public func row(_ context: Int) -> ArraySlice<Double> {
    probabilities[context * tokens..<(context + 1) * tokens]
  }
}
