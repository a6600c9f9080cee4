import InductionModel

/// The parameters of a model as its layers use them. The same shape holds the loss's derivatives by them.
protocol PassWeights: Sendable {
  associatedtype Real: TrainingScalar
  var shape: PassShape { get }
  /// p, [set].
  var shares: [Real] { get set }
  /// a.
  var scale: Real { get set }
  /// All numbers in one row: what partial sums of gradients are kept in.
  var row: [Double] { get }

  static func zero(_ shape: PassShape) -> Self
  /// Of a row.
  static func count(_ shape: PassShape) -> Int
}

/// Layer 1 on one sequence: tokens to what every head gives at the keys and at the query, and back.
protocol HeadLayer {
  associatedtype Weights: PassWeights
  typealias Real = Weights.Real

  /// - Parameter positions: of the keys, then of the query.
  init(weights: Weights, positions: [Int])
  /// tokens [L + 1] → v [n + 1][H][d], overwritten.
  mutating func forward(_ x: ArraySlice<UInt16>, output v: inout [Real])
  /// dv [n + 1][H][d], used up → the derivatives by the layer's weights, added. After `forward` on the same tokens.
  mutating func backward(
    _ dv: inout [Real], output v: [Real], tokens x: ArraySlice<UInt16>, gradient: inout Weights)
}

/// One sequence through the whole model and back, written out layer by layer.
///
/// The definition of the trainer: every variant, any size, nothing clever. The fast passes are compared with it.
/// Keeps v, [L][H][d].
struct SequencePass<Heads: HeadLayer> {
  typealias Real = Heads.Real

  let weights: Heads.Weights
  private(set) var reading: ReadingPass<Real>
  private var heads: Heads
  private var v: [Real]
  private var dv: [Real]

  /// For sequences of `length` tokens, at least `PassShape.shortestSequence`.
  init(weights: Heads.Weights, loss: Loss, length: Int) {
    let shape = weights.shape
    self.weights = weights
    reading = ReadingPass(shape: shape, loss: loss, length: length)
    heads = Heads(weights: weights, positions: reading.positions)
    v = Array(repeating: 0, count: reading.positions.count * shape.heads * shape.tokens)
    dv = v
  }

  /// y [d], after `forward`.
  var prediction: [Real] { reading.classifier.prediction }

  /// tokens [L + 1] → the loss; leaves the activations for `backward`.
  mutating func forward(_ x: ArraySlice<UInt16>) -> Real {
    heads.forward(x, output: &v)
    return reading.forward(v, tokens: x, shares: weights.shares, scale: weights.scale)
  }

  /// Adds this sequence's derivatives by the weights, after `forward` on the same tokens.
  mutating func backward(_ x: ArraySlice<UInt16>, gradient: inout Heads.Weights) {
    let dscale = reading.backward(
      v, tokens: x, shares: weights.shares, scale: weights.scale, dv: &dv, dshares: &gradient.shares)
    gradient.scale += dscale
    heads.backward(&dv, output: v, tokens: x, gradient: &gradient)
  }
}
