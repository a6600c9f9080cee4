import ParameterSpaces

/// The two-attention-layer transformer TF(M, H, d, D): sizes and variant, no parameters and no dynamics.
///
/// Source: arXiv 2409.10559, section 3.
public struct ModelDefinition: Hashable, Sendable {
  /// d, the size of the alphabet; tokens are 0..<d.
  public let tokens: Int
  /// M, how many lags each head sees.
  public let window: Int
  /// H.
  public let heads: Int
  /// D, the largest set of heads that has a coefficient.
  public let degree: Int
  public let variant: Variant
  /// The sets of heads with a coefficient c_S, in the order of `HeadSet`.
  public let sets: [HeadSet]
  /// What trains, in the order of every flat vector.
  public let parameterSpace: ParameterSpace

  /// - Throws: `ModelError` when a size is out of range.
  public init(tokens: Int, window: Int, heads: Int, degree: Int, variant: Variant = .paper) throws {
    try ModelError.check("tokens", tokens, in: 2...Self.largestAlphabet)
    try ModelError.check("window", window, in: 1...Self.largestWindow)
    try ModelError.check("heads", heads, in: 1...Self.largestHeads)
    try ModelError.check("degree", degree, in: 1...heads)
    guard let count = HeadSet.count(heads: heads, degree: degree), count <= Self.largestSets else {
      throw ModelError.tooManySets(heads: heads, degree: degree, most: Self.largestSets)
    }
    self.tokens = tokens
    self.window = window
    self.heads = heads
    self.degree = degree
    self.variant = variant
    let sets = HeadSet.all(heads: heads, degree: degree)
    self.sets = sets
    parameterSpace = ParameterSpace(heads: heads, sets: sets) { variant.lags(ofHead: $0, window: window) }
  }

  public static let largestAlphabet = 1 << 16
  public static let largestWindow = 1 << 12
  public static let largestHeads = 64
  public static let largestSets = 1 << 14

  /// The lags that a head (1...H) sees, ascending; `attention[head - 1]` is in this order.
  public func lags(ofHead head: Int) -> ClosedRange<Int> {
    variant.lags(ofHead: head, window: window)
  }

  /// W, the largest lag that any head sees: M (`shared`) or M+H−1 (`shifted`).
  public var reach: Int { lags(ofHead: heads).upperBound }

  /// The head's own lag, lag h, if the head sees it; in `shared` a head h > M has none.
  public func ownLag(ofHead head: Int) -> Int? {
    lags(ofHead: head).contains(head) ? head : nil
  }

  /// Trainable numbers: H·M + |sets| + 1.
  public var parameterCount: Int { parameterSpace.count }
}

/// A model that cannot be.
public enum ModelError: Error, Equatable {
  case outOfRange(name: String, value: Int, allowed: ClosedRange<Int>)
  case tooManySets(heads: Int, degree: Int, most: Int)

  static func check(_ name: String, _ value: Int, in allowed: ClosedRange<Int>) throws {
    guard allowed.contains(value) else {
      throw ModelError.outOfRange(name: name, value: value, allowed: allowed)
    }
  }
}

extension ModelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .outOfRange(let name, let value, let allowed):
      "the \(name) is \(value); allowed: an integer from \(allowed.lowerBound) to \(allowed.upperBound)"
    case .tooManySets(let heads, let degree, let most):
      "\(heads) heads have more than \(most) sets of at most \(degree); lower the degree or the number of heads"
    }
  }
}
