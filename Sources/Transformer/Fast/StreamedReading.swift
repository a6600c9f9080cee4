import CKernels
import InductionModel

/// Selector, classifier and criterion on one sequence after the other, positions in vector lanes.
final class StreamedReading<Real: LayerKernels> {
  let keys: StreamedKeys
  private let tree: SetTree
  private let loss: Loss

  /// Inner products of the keys' outputs with the query's, [H][stride], for layer 1 to fill.
  let k: Buffer<Real>
  /// dq/dk, then dk, [H][stride].
  let slope: Buffer<Real>
  private let q: Buffer<Real>  // [stride]
  private let scratch: Buffer<Real>  // [2][inner set][block]
  private let e: Buffer<Real>  // [stride]
  private let hit: Buffer<Real>  // [stride]
  private let dq: Buffer<Real>  // [stride]
  private let sums: Buffer<Real>  // [d]
  private let keyCounts: Buffer<Real>  // [d]
  private var y: [Real]
  private var dy: [Real]

  // Gradients of the sequences since `start`.
  private let dshares: Buffer<Real>  // [set][8]
  private(set) var dscale = 0.0

  init(keys: StreamedKeys, tree: SetTree, loss: Loss) {
    self.keys = keys
    self.tree = tree
    self.loss = loss
    let (d, rows) = (keys.shape.tokens, padded(keys.shape.heads, to: 8))
    k = Buffer(rows * keys.stride, zero: 0)
    slope = Buffer(rows * keys.stride, zero: 0)
    q = Buffer(keys.stride, zero: 0)
    scratch = Buffer(2 * tree.inner * Int(TRAINER_BLOCK), zero: 0)
    e = Buffer(keys.stride, zero: 0)
    hit = Buffer(keys.stride, zero: 0)
    dq = Buffer(keys.stride, zero: 0)
    sums = Buffer(d, zero: 0)
    keyCounts = Buffer(d, zero: 0)
    y = Array(repeating: 0, count: d)
    dy = y
    dshares = Buffer(tree.sets * 8, zero: 0)
  }

  func start() {
    dshares.fill(0)
    dscale = 0
  }

  /// dp since `start`, [set].
  var shares: [Double] {
    (0..<tree.sets).map { set in (0..<8).reduce(0) { $0 + Double(dshares.start[set * 8 + $1]) } }
  }

  /// k → y + ε for the cross-entropy, whose logarithm the caller takes, or else the loss itself.
  func forward(_ x: UnsafePointer<UInt16>, _ weights: ReadingWeights<Real>) -> Double {
    if keys.shape.isRectified { Real.rectify(keys.shape.heads * keys.stride, k.start) }
    var layout = tree.layout
    Real.selectorForward(
      &layout, weights.shares.start, k.start, keys.padded, keys.stride, q.start, slope.start, scratch.start)
    return classify(x, weights)
  }

  /// → dk in `slope`.
  func backward(_ weights: ReadingWeights<Real>) {
    dscale += Double(
      Real.attentionBackward(
        e.start, hit.start, q.start, up, base, weights.scale, keys.padded, dq.start))
    var layout = tree.layout
    Real.selectorBackward(
      &layout, k.start, dq.start, keys.padded, keys.stride, slope.start, dshares.start, scratch.start)
    if keys.shape.isRectified {
      Real.rectifyBackward(k.start, keys.shape.heads * keys.stride, slope.start)
    }
  }

  /// y [d] after `forward`, whatever the criterion.
  func prediction(_ x: UnsafePointer<UInt16>, _ weights: ReadingWeights<Real>) -> [Double] {
    predict(x, weights)
    return y.map { Double($0) }
  }

  /// dlogit = e (up hit + base), left by the forward pass.
  private var up: Real = 0
  private var base: Real = 0

  private func classify(_ x: UnsafePointer<UInt16>, _ weights: ReadingWeights<Real>) -> Double {
    let (first, target) = (keys.first, Int(x[keys.context]))
    let q = q.start
    for position in keys.count..<keys.padded { q[position] = 0 }
    switch keys.shape.definition.variant.secondLayer {
    case .softmax:
      let largest = Real.largest(q, keys.count)
      // The largest a q is at the other end for a negative a.
      let shift = weights.scale >= 0 ? largest : Real.smallest(q, keys.count)
      Real.exponentials(q, weights.scale, shift, keys.count, keys.padded, e.start)
    case .linear:
      for position in 0..<keys.count { e.start[position] = 1 }
    }
    if loss.criterion == .crossEntropy {
      Real.hits(x + first, target, keys.count, keys.padded, hit.start)
      let (prediction, scale, weight) = predictTarget(weights)
      let argument = Double(prediction) + loss.epsilon
      let slope = Real(-1 / argument)
      up = slope * scale
      base = -slope * weight * scale
      return argument
    }
    predict(x, weights)
    CriterionLayer.backward(y, target: target, loss: loss, dy: &dy)
    var centre: Real = 0
    for token in y.indices {
      centre += dy[token] * (isLinear ? keyCounts.start[token] / Real(keys.count) : y[token])
    }
    dy.withUnsafeBufferPointer { dy in
      guard let dy = dy.baseAddress else { return }
      Real.lookUp(dy, x + first, keys.count, keys.padded, hit.start)
    }
    up = 1 / total
    base = -centre / total
    return Double(CriterionLayer.forward(y, target: target, loss: loss))
  }

  private var isLinear: Bool { keys.shape.definition.variant.secondLayer == .linear }
  /// What the attention is divided by, left by `predict`.
  private var total: Real = 1

  /// y[target], 1/Σe, and the weight of dy[target] in the mean of dy.
  private func predictTarget(_ weights: ReadingWeights<Real>) -> (y: Real, scale: Real, weight: Real) {
    var found: (Real, Real) = (0, 0)
    withUnsafeMutablePointer(to: &found) { pointer in
      pointer.withMemoryRebound(to: Real.self, capacity: 2) { sums in
        Real.attended(isLinear ? q.start : e.start, hit.start, keys.padded, sums)
      }
    }
    guard isLinear else { return (found.1 / found.0, 1 / found.0, found.1 / found.0) }
    let count = Real(keys.count)
    var hits: Real = 0
    for position in 0..<keys.count { hits += hit.start[position] }
    let mean = found.0 / count
    return (
      hits / count * (1 - weights.scale * mean) + weights.scale / count * found.1, 1 / count, hits / count
    )
  }

  private func predict(_ x: UnsafePointer<UInt16>, _ weights: ReadingWeights<Real>) {
    let tokens = x + keys.first
    sums.fill(0)
    Real.scatter(isLinear ? q.start : e.start, tokens, keys.count, sums.start)
    var sum: Real = 0
    for token in y.indices { sum += sums.start[token] }
    total = isLinear ? Real(keys.count) : sum
    guard isLinear else {
      for token in y.indices { y[token] = sums.start[token] / total }
      return
    }
    keyCounts.fill(0)
    Real.scatter(e.start, tokens, keys.count, keyCounts.start)
    let mean = sum / total
    for token in y.indices {
      y[token] =
        (keyCounts.start[token] * (1 - weights.scale * mean) + weights.scale * sums.start[token]) / total
    }
  }
}
