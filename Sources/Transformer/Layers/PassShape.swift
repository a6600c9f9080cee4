import InductionModel

/// Sizes that every pass over the disentangled model shares.
struct PassShape: Hashable, Sendable {
  let definition: ModelDefinition

  /// d.
  var tokens: Int { definition.tokens }
  /// H.
  var heads: Int { definition.heads }
  /// W; layer weights are dense over the lags 1...W, zero on lags that a head does not see.
  var reach: Int { definition.reach }
  var sets: Int { definition.sets.count }

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
