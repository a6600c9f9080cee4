import InductionModel
import ParameterSpaces

/// The full model of the paper's appendix B: query, key and value maps and LayerNorm in layer 1, rectified inner
/// products in the selector; the second layer is the disentangled model's.
///
/// `v^h_i = LN((Σ_j softmax_j(s^h_ij) x_j) V^h)`, `s^h_ij = (x_i Q^h)·(x_j K^h) + w^h_{i−j}` with 1e-6 in place of w
/// for j = i, the query a zero token; `q_l = Σ_S p_S Π_{h∈S} max(0, ⟨v^h_l, v^h_{L+1}⟩)`.
///
/// Source: arXiv 2409.10559, appendix B, and its released code.
public struct FullTransformer: TrainableModel {
  /// Its normalization and feature norm are not read: LayerNorm and √C stand in their place.
  public let definition: ModelDefinition
  public let loss: Loss
  public let space: ParameterSpace

  public init(_ definition: ModelDefinition, loss: Loss) {
    self.definition = definition
    self.loss = loss
    space = definition.fullParameterSpace
  }

  /// The most parameters, which tables and checkpoints write one by one.
  public static let mostParameters = 1 << 18

  /// How many a model of these sizes has.
  public static func parameterCount(_ definition: ModelDefinition) -> Int {
    let d = definition.tokens
    return definition.heads * (definition.window + 3 * d * d) + 2 * d + definition.sets.count + 1
  }

  var shape: PassShape { PassShape(definition: definition, firstLayer: .attention) }

  public var identity: String {
    let variant = definition.variant
    return "full tokens=\(definition.tokens) window=\(definition.window) heads=\(definition.heads) "
      + "degree=\(definition.degree) windows=\(variant.windows.rawValue) keys=\(variant.keys.rawValue) "
      + "coefficients=\(variant.coefficients.rawValue) second-layer=\(variant.secondLayer.rawValue) "
      + "criterion=\(loss.criterion.rawValue) epsilon=\(loss.epsilon)"
  }

  public var tokens: Int { definition.tokens }
  public var shortestSequence: Int { shape.shortestSequence }

  /// σ is the softmax of the positional logits alone, as the disentangled model has it; where the heads look is
  /// measured beside it.
  public var observables: [Observable] {
    definition.attentionWeights(at: space.range(of: .position).lowerBound)
      + definition.shares(of: space.range(of: .coefficients))
  }

  /// C, and ‖Q‖² − ‖K‖² of every head: the scores are Q Kᵀ.
  public var invariants: [Observable] {
    let maps = (0..<definition.heads).map { head -> Observable in
      let size = definition.tokens * definition.tokens
      func squares(_ group: ParameterGroup) -> @Sendable ([Double]) -> Double {
        let first = space.range(of: group).lowerBound + head * size
        return { flat in flat[first..<first + size].reduce(0) { $0 + $1 * $1 } }
      }
      let (query, key) = (squares(.query), squares(.key))
      return Observable("|Q|^2-|K|^2[\(head + 1)]") { query($0) - key($0) }
    }
    return [definition.conservedTotal(of: space.range(of: .coefficients))] + maps
  }

  public var matchingSets: [HeadSet] { definition.matchingSets }

  public func attention(on sequence: ArraySlice<UInt16>)
    -> (@Sendable (_ parameters: [Double]) -> SequenceAttention)?
  {
    let windows = KeyWindows(sequence, shape: shape)
    return { parameters in
      let weights = FullWeights(FullParameters(flat: parameters, model: definition), shape: shape)
      var heads = AttentionHeads(weights: weights, positions: windows.positions)
      let keys = windows.attention(&heads, on: sequence, weights: weights)
      return SequenceAttention(keys: keys, lags: heads.attention.ofQuery, firstLag: 0)
    }
  }
}
