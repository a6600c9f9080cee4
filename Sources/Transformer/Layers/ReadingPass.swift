import InductionModel

/// What both models do with their heads' outputs: selector, classifier and criterion on one sequence, and back.
struct ReadingPass<Real: TrainingScalar> {
  let loss: Loss
  /// Positions of the keys, then of the query, counted from 0.
  let positions: [Int]
  private(set) var selector: SelectorLayer<Real>
  private(set) var classifier: ClassifierLayer<Real>
  private var dq: [Real]
  private var dy: [Real]
  private let context: Int

  /// For sequences of `length` tokens, at least `PassShape.shortestSequence`.
  init(shape: PassShape, loss: Loss, length: Int) {
    self.loss = loss
    context = length - 1
    let keys = shape.keys(context: context)
    positions = Array(keys) + [context]
    selector = SelectorLayer(shape: shape, keys: keys.count)
    classifier = ClassifierLayer(shape: shape, keys: keys.count)
    dq = Array(repeating: 0, count: keys.count)
    dy = Array(repeating: 0, count: shape.tokens)
  }

  /// v [n + 1][H][d], tokens [L + 1] → the loss.
  mutating func forward(_ v: [Real], tokens x: ArraySlice<UInt16>, shares: [Real], scale: Real) -> Real {
    selector.forward(v, shares: shares)
    classifier.forward(selector.q, scale: scale, keyTokens: keyTokens(x))
    return CriterionLayer.forward(classifier.prediction, target: target(x), loss: loss)
  }

  /// → dv [n + 1][H][d], overwritten, dp, added to, and da.
  mutating func backward(
    _ v: [Real], tokens x: ArraySlice<UInt16>, shares: [Real], scale: Real, dv: inout [Real],
    dshares: inout [Real]
  ) -> Real {
    CriterionLayer.backward(classifier.prediction, target: target(x), loss: loss, dy: &dy)
    let dscale = classifier.backward(dy, q: selector.q, scale: scale, keyTokens: keyTokens(x), dq: &dq)
    selector.backward(dq, v: v, shares: shares, dv: &dv, dp: &dshares)
    return dscale
  }

  private func keyTokens(_ x: ArraySlice<UInt16>) -> ArraySlice<UInt16> {
    x[x.startIndex + positions[0]..<x.startIndex + context]
  }

  private func target(_ x: ArraySlice<UInt16>) -> Int { Int(x[x.startIndex + context]) }
}
