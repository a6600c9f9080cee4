import InductionModel
import SymbolicTensors

/// The parts of the model's definition in which variants differ, as tensor expressions: a variant that the program
/// does not know is one of these replaced. Losses at every level, gradients, Hessians, expansions and printed equations
/// follow from it.
///
///     var parts = DefinitionParts(.paper)
///     parts.share = { $0.power(4) }   // p_S = c_S⁴/Σc⁴
///     let loss = try InfiniteContextLoss(model: model, loss: Loss(), laws: laws, parts: parts)
public struct DefinitionParts {
  /// σ^h from a head's logits, over its lags; they are −∞ at lags that do not exist, which happens at finite context
  /// with all keys.
  public var weights: (_ logits: Expression, _ lag: Index) -> Expression
  /// v^h from the mean Σ_j σ^h_j x_{·−j}, a vector over the tokens.
  public var output: (_ mean: Expression, _ token: Index) -> Expression
  /// What of two outputs of a head enters the products, from ⟨v^h, v'^h⟩.
  public var match: (_ inner: Expression) -> Expression
  /// What the share p_S is proportional to, from c_S.
  public var share: (_ coefficient: Expression) -> Expression
  /// q from ⟨u, u'⟩ of a key and the query, and ⟨u, u⟩ of each.
  public var similarity: (_ inner: Expression, _ key: Expression, _ query: Expression) -> Expression
  /// The positions 1...L of a context that serve as keys; nil where it is too short to have one.
  public var keys: (_ reach: Int, _ context: Int) -> ClosedRange<Int>?
  public var secondLayer: SecondLayer

  /// The parts of a variant that the program knows.
  public init(_ variant: Variant) {
    weights = { $0.softmax(over: $1) }
    output =
      switch variant.normalization {
      case .none: { mean, _ in mean }
      case .l2:
        { mean, token in
          mean * mean.squared.sum(over: token).applying(.guardedPower(Number(-1, over: 2)))
        }
      }
    match = { $0 }
    share =
      switch variant.coefficients {
      case .square: { $0.squared }
      case .softmax: { $0.exponential }
      case .absolute: { $0.applying(.absolute) }
      }
    similarity =
      switch variant.featureNorm {
      case .constant: { inner, _, _ in inner }
      case .feature:
        { inner, key, query in
          [key, query].reduce(inner) { $0 * $1.applying(.guardedPower(Number(-1, over: 2))) }
        }
      }
    keys =
      switch variant.keys {
      case .fullWindow: { reach, context in context > reach ? reach + 1...context : nil }
      case .all: { _, context in context >= 1 ? 1...context : nil }
      }
    secondLayer =
      switch variant.secondLayer {
      case .softmax: .softmax
      case .linear: .linear
      }
  }
}

extension ModelDefinition {
  /// The shortest context L in which a position serves as key.
  func shortestContext(_ parts: DefinitionParts) -> Int {
    (1...reach + 1).first { parts.keys(reach, $0) != nil } ?? reach + 1
  }
}
