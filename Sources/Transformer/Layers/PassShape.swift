import InductionModel

/// What makes a head's output of tokens.
enum FirstLayerKind: Hashable, Sendable {
  /// Fixed weights over the lags, as in the disentangled model.
  case copier
  /// Queries, keys, values and LayerNorm, as in the full model. A position sees its own token too, and inner products
  /// are rectified.
  case attention
}

/// Sizes and choices that every pass over a model shares.
struct PassShape: Hashable, Sendable {
  let definition: ModelDefinition
  let firstLayer: FirstLayerKind

  /// d.
  var tokens: Int { definition.tokens }
  /// H.
  var heads: Int { definition.heads }
  /// W; layer weights are dense over the lags 1...W, zero on lags that a head does not see.
  var reach: Int { definition.reach }
  var sets: Int { definition.sets.count }

  /// Whether the selector multiplies max(0, ⟨v, v'⟩) in place of ⟨v, v'⟩.
  var isRectified: Bool { firstLayer == .attention }

  /// LayerNorm leaves the features as they are.
  var featureNorm: Variant.FeatureNorm {
    firstLayer == .attention ? .constant : definition.variant.featureNorm
  }

  /// How many kinds of keys there are beside their windows: d where a position sees its own token, else 1.
  var ownTokens: Int { firstLayer == .attention ? tokens : 1 }

  /// How many different softmaxes a head has. With `all` keys a position that only `i` tokens precede renormalises
  /// over the lags 1...i, so there is one per depth 0...W; complete windows need one only.
  var depths: Int { definition.variant.keys == .all ? reach + 1 : 1 }

  /// Which of them a position counted from 0 uses.
  func depth(at position: Int) -> Int {
    definition.variant.keys == .all ? min(position, reach) : 0
  }

  /// How many lags that softmax sees at most.
  func lags(atDepth depth: Int) -> Int {
    definition.variant.keys == .all ? depth : reach
  }

  /// The lags that a head, counted from 0, sees and that a position of this depth has.
  func seenLags(ofHead head: Int, depth: Int) -> Range<Int> {
    let lags = definition.lags(ofHead: head + 1)
    return lags.lowerBound..<max(lags.lowerBound, min(lags.upperBound, self.lags(atDepth: depth)) + 1)
  }

  /// The keys of a context of L tokens, as positions counted from 0.
  func keys(context: Int) -> Range<Int> {
    switch definition.variant.keys {
    case .all: 0..<context
    case .fullWindow: min(reach, context)..<context
    }
  }

  /// The shortest sequence, its last token being the one to predict.
  var shortestSequence: Int {
    switch definition.variant.keys {
    case .all: 2
    case .fullWindow: reach + 2
    }
  }
}
