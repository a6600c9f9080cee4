/// The choices that the definition of the model leaves open. Each changes the definition only; dynamics are
/// derived from it elsewhere.
///
/// Source: arXiv 2409.10559 (`paper`) and its released code (`referenceCode`).
public struct Variant: Hashable, Sendable {
  /// Which lags a head sees.
  public enum Windows: String, CaseIterable, Sendable {
    /// Every head sees lags 1...M.
    case shared
    /// Head h sees lags h...h+M−1.
    case shifted
  }

  /// What happens to a head's output `v` before inner products are taken.
  public enum Normalization: String, CaseIterable, Sendable {
    case none
    /// Divided by its Euclidean norm; a zero vector stays zero.
    case l2
  }

  /// Which positions the second layer attends to.
  public enum Keys: String, CaseIterable, Sendable {
    /// Positions W+1...L, whose windows are complete.
    case fullWindow = "full-window"
    /// Positions 1...L; a head's softmax runs over the lags that exist, and is a zero vector where none does.
    case all
  }

  /// What the feature map is divided by.
  public enum FeatureNorm: String, CaseIterable, Sendable {
    /// √C, C = Σ_S c_S².
    case constant
    /// Its own Euclidean norm at each position; 0/0 is 0.
    case feature
  }

  /// How the coefficients c_S become shares p_S.
  public enum Coefficients: String, CaseIterable, Sendable {
    /// p = c²/Σc².
    case square
    /// p = softmax(c).
    case softmax
    /// p = |c|/Σ|c|.
    case absolute
  }

  /// How the second layer averages the keys' tokens.
  public enum SecondLayer: String, CaseIterable, Sendable {
    /// y = Σ_l softmax_l(a q_l) x_l.
    case softmax
    /// y = ȳ + a·mean_l (q_l − q̄) x_l.
    case linear
  }

  public var windows: Windows
  public var normalization: Normalization
  public var keys: Keys
  public var featureNorm: FeatureNorm
  public var coefficients: Coefficients
  public var secondLayer: SecondLayer

  public init(
    windows: Windows = .shared, normalization: Normalization = .none, keys: Keys = .fullWindow,
    featureNorm: FeatureNorm = .constant, coefficients: Coefficients = .square,
    secondLayer: SecondLayer = .softmax
  ) {
    self.windows = windows
    self.normalization = normalization
    self.keys = keys
    self.featureNorm = featureNorm
    self.coefficients = coefficients
    self.secondLayer = secondLayer
  }

  /// The paper's model.
  public static let paper = Variant()

  /// The model of the paper's released code.
  public static let referenceCode = Variant(windows: .shifted, normalization: .l2, keys: .all)
}

extension Variant {
  func lags(ofHead head: Int, window: Int) -> ClosedRange<Int> {
    switch windows {
    case .shared: 1...window
    case .shifted: head...head + window - 1
    }
  }
}

/// What one prediction costs.
public struct Loss: Hashable, Sendable {
  public enum Criterion: String, CaseIterable, Sendable {
    /// −log(y[x] + ε).
    case crossEntropy = "cross-entropy"
    /// −log softmax(y)[x]; ε plays no part.
    case logits
  }

  public var criterion: Criterion
  /// ε ≥ 0. At ε = 0 the finite-context loss is infinite when a next token does not occur in its context.
  public var epsilon: Double

  public init(criterion: Criterion = .crossEntropy, epsilon: Double = 0) {
    self.criterion = criterion
    self.epsilon = epsilon
  }
}
