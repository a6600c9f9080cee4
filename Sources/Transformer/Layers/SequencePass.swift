import InductionModel

/// One sequence through the whole model and back, written out layer by layer.
///
/// The definition of the trainer: every variant, any size, nothing clever. The fast passes are compared with it.
/// Costs O(L H (W + d)) and keeps v, [L][H][d].
struct SequencePass<Real: TrainingScalar> {
  let weights: LayerWeights<Real>
  let loss: Loss
  /// Positions of the keys, then of the query, counted from 0.
  let positions: [Int]
  let context: Int
  private var v: [Real]
  private var norms: [Real]
  private(set) var selector: SelectorLayer<Real>
  private(set) var classifier: ClassifierLayer<Real>
  private var dv: [Real]
  private var dq: [Real]
  private var dy: [Real]

  /// For sequences of `length` tokens, at least `PassShape.shortestSequence`.
  init(weights: LayerWeights<Real>, loss: Loss, length: Int) {
    let shape = weights.shape
    self.weights = weights
    self.loss = loss
    context = length - 1
    let keys = shape.keys(context: context)
    positions = Array(keys) + [context]
    v = Array(repeating: 0, count: positions.count * shape.heads * shape.tokens)
    norms = Array(
      repeating: 0,
      count: shape.definition.variant.normalization == .l2 ? positions.count * shape.heads : 0)
    selector = SelectorLayer(shape: shape, keys: keys.count)
    classifier = ClassifierLayer(shape: shape, keys: keys.count)
    dv = v
    dq = Array(repeating: 0, count: keys.count)
    dy = Array(repeating: 0, count: shape.tokens)
  }

  /// tokens [L + 1] → the loss; leaves the activations for `backward`.
  mutating func forward(_ x: ArraySlice<UInt16>) -> Real {
    CopierLayer.forward(weights, tokens: x, positions: positions, output: &v)
    NormalizationLayer.forward(&v, norms: &norms, tokens: weights.shape.tokens)
    selector.forward(v, shares: weights.shares)
    classifier.forward(selector.q, scale: weights.scale, keyTokens: keyTokens(x))
    return CriterionLayer.forward(classifier.prediction, target: target(x), loss: loss)
  }

  /// Adds this sequence's derivatives by (σ, p, a), after `forward` on the same tokens.
  mutating func backward(_ x: ArraySlice<UInt16>, gradient: inout LayerWeights<Real>) {
    CriterionLayer.backward(classifier.prediction, target: target(x), loss: loss, dy: &dy)
    gradient.scale += classifier.backward(
      dy, q: selector.q, scale: weights.scale, keyTokens: keyTokens(x), dq: &dq)
    selector.backward(dq, v: v, shares: weights.shares, dv: &dv, dp: &gradient.shares)
    NormalizationLayer.backward(&dv, normalized: v, norms: norms, tokens: weights.shape.tokens)
    CopierLayer.backward(dv, tokens: x, positions: positions, gradient: &gradient)
  }

  private func keyTokens(_ x: ArraySlice<UInt16>) -> ArraySlice<UInt16> {
    x[x.startIndex + positions[0]..<x.startIndex + context]
  }

  private func target(_ x: ArraySlice<UInt16>) -> Int { Int(x[x.startIndex + context]) }
}
