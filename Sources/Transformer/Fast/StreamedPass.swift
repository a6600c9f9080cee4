import CKernels
import InductionModel

/// One thread's workspace for the streamed evaluation: every sequence by itself, its positions in vector lanes.
///
/// For `normalization: none` and `feature-norm: constant`, where ⟨v_l^h, v_{L+1}^h⟩ = Σ_j σ^h_j V^h[x_{l−j}] with the
/// table V^h[e] = v_{L+1}^h[e] of the query: no v is ever formed. Neighbouring lags share a table over their tokens,
/// so that a position costs W/digits look-ups, eight heads at a time.
final class StreamedPass<Real: LayerKernels> {
  let plan: StreamedPlan
  private let tree: SetTree
  private let loss: Loss

  // What the loops read and write; shapes in the comments, lanes last.
  private let codes: Buffer<UInt32>  // [L]
  private let relabeled: Buffer<UInt16>  // [L]
  private let labels: Buffer<UInt16>  // [d]
  private let v: Buffer<Real>  // [group][label][8]
  private let dv: Buffer<Real>  // [label][8]
  private let tables: Buffer<Real>  // [chunk][code][8]
  private let k: Buffer<Real>  // [H][stride]
  private let slope: Buffer<Real>  // [H][stride]; dq/dk, then dk
  private let q: Buffer<Real>  // [stride]
  private let scratch: Buffer<Real>  // [2][inner set][block]
  private let e: Buffer<Real>  // [stride]
  private let hit: Buffer<Real>  // [stride]
  private let dq: Buffer<Real>  // [stride]
  private let sums: Buffer<Real>  // [d]
  private let keys: Buffer<Real>  // [d]
  private var y: [Real]
  private var dy: [Real]

  // Gradients of the sequences since `start`.
  private let dsigma: Buffer<Real>  // [group][lag][8]
  private let dpartial: Buffer<Real>  // [group][depth][lag][8]
  private let dshares: Buffer<Real>  // [set][8]
  private var dscale = 0.0

  init(plan: StreamedPlan, tree: SetTree, loss: Loss) {
    self.plan = plan
    self.tree = tree
    self.loss = loss
    let d = plan.shape.tokens
    let (groups, heads, labels) = (plan.groups, plan.shape.heads, plan.labels)
    codes = Buffer(plan.context, zero: 0)
    relabeled = Buffer(plan.context, zero: 0)
    self.labels = Buffer(d, zero: 0)
    v = Buffer(groups * labels * 8, zero: 0)
    dv = Buffer(labels * 8, zero: 0)
    tables = Buffer(plan.chunks * plan.codes * 8, zero: 0)
    k = Buffer(padded(heads, to: 8) * plan.stride, zero: 0)
    slope = Buffer(padded(heads, to: 8) * plan.stride, zero: 0)
    q = Buffer(plan.stride, zero: 0)
    scratch = Buffer(2 * tree.inner * Int(TRAINER_BLOCK), zero: 0)
    e = Buffer(plan.stride, zero: 0)
    hit = Buffer(plan.stride, zero: 0)
    dq = Buffer(plan.stride, zero: 0)
    sums = Buffer(d, zero: 0)
    keys = Buffer(d, zero: 0)
    y = Array(repeating: 0, count: d)
    dy = y
    dsigma = Buffer(groups * plan.lags * 8, zero: 0)
    dpartial = Buffer(plan.partial == 0 ? 0 : groups * plan.partial * plan.shape.reach * 8, zero: 0)
    dshares = Buffer(tree.sets * 8, zero: 0)
  }

  /// Forgets the gradients so far.
  func start() {
    dsigma.fill(0)
    dpartial.fill(0)
    dshares.fill(0)
    dscale = 0
  }

  /// x [L + 1] → y + ε for the cross-entropy, whose logarithm the caller takes, or else the loss itself.
  func forward(_ x: UnsafePointer<UInt16>, _ weights: StreamedWeights<Real>) -> Double {
    copierForward(x, weights)
    var layout = tree.layout
    Real.selectorForward(
      &layout, weights.shares.start, k.start, plan.padded, plan.stride, q.start, slope.start, scratch.start)
    return classifierForward(x, weights)
  }

  /// Adds the derivatives of the sequence that `forward` has just seen.
  func backward(_ x: UnsafePointer<UInt16>, _ weights: StreamedWeights<Real>) {
    dscale += Double(
      Real.attentionBackward(
        e.start, hit.start, q.start, up, base, weights.scale, plan.padded, dq.start))
    var layout = tree.layout
    Real.selectorBackward(
      &layout, k.start, dq.start, plan.padded, plan.stride, slope.start, dshares.start, scratch.start)
    copierBackward(x, weights)
  }

  /// y [d] after `forward`, whatever the criterion.
  func prediction(_ x: UnsafePointer<UInt16>, _ weights: StreamedWeights<Real>) -> [Double] {
    predict(x, weights)
    return y.map { Double($0) }
  }

  /// The gradients since `start`, as a row of `LayerWeights`.
  func gradient() -> [Double] {
    let shape = plan.shape
    var sum = LayerWeights<Double>.zero(shape)
    for head in 0..<shape.heads {
      let (group, lane) = (head / 8, head % 8)
      let full = sum.index(depth: shape.depths - 1, head: head)
      for lag in 0..<shape.reach {
        sum.copier[full + lag] = Double(dsigma.start[(group * plan.lags + lag) * 8 + lane])
        for depth in 0..<plan.partial {
          sum.copier[sum.index(depth: depth, head: head) + lag] = Double(
            dpartial.start[((group * plan.partial + depth) * shape.reach + lag) * 8 + lane])
        }
      }
    }
    for set in 0..<tree.sets {
      for lane in 0..<8 { sum.shares[set] += Double(dshares.start[set * 8 + lane]) }
    }
    return sum.copier + sum.shares + [dscale]
  }

  // MARK: Layer 1

  /// Tokens as the tables index them: themselves, or their number among the query's tokens, 0 for all others.
  private func labeled(_ x: UnsafePointer<UInt16>) -> UnsafePointer<UInt16> {
    guard plan.relabels else { return x }
    var next: UInt16 = 0
    for lag in 1...plan.shape.reach {
      let token = Int(x[plan.context - lag])
      if labels.start[token] == 0 {
        next += 1
        labels.start[token] = next
      }
    }
    for position in 0..<plan.context { relabeled.start[position] = labels.start[Int(x[position])] }
    for lag in 1...plan.shape.reach { labels.start[Int(x[plan.context - lag])] = 0 }
    return UnsafePointer(relabeled.start)
  }

  private func copierForward(_ tokens: UnsafePointer<UInt16>, _ weights: StreamedWeights<Real>) {
    let (reach, labels) = (plan.shape.reach, plan.labels)
    let x = labeled(tokens)
    trainer_codes(x, Int32(plan.context), Int32(labels), Int32(plan.digits), 8, codes.start)
    for group in 0..<plan.groups {
      let sigma = weights.sigma.start + group * plan.lags * 8
      let query = v.start + group * labels * 8
      let rows = k.start + group * 8 * plan.stride
      let heads = min(8, plan.shape.heads - group * 8)
      Real.copierQuery(sigma, x + plan.context, reach, labels, query)
      Real.copierTables(sigma, query, labels, plan.digits, plan.chunks, plan.codes, tables.start)
      if plan.partial > 0 {
        let partial = weights.partial.start + group * plan.partial * reach * 8
        Real.copierPartial(partial, x, plan.partial, reach, query, heads, plan.stride, rows)
      }
      Real.copierForward(
        tables.start, codes.start + reach - 1, plan.digits, plan.chunks, plan.codes, heads,
        plan.context - reach, plan.padded - plan.partial, plan.stride, rows + plan.partial)
    }
  }

  private func copierBackward(_ tokens: UnsafePointer<UInt16>, _ weights: StreamedWeights<Real>) {
    let (reach, labels) = (plan.shape.reach, plan.labels)
    let x = plan.relabels ? UnsafePointer(relabeled.start) : tokens
    for group in 0..<plan.groups {
      let sigma = weights.sigma.start + group * plan.lags * 8
      let target = dsigma.start + group * plan.lags * 8
      let query = v.start + group * labels * 8
      let rows = slope.start + group * 8 * plan.stride
      let heads = min(8, plan.shape.heads - group * 8)
      Real.copierBackward(
        rows + plan.partial, codes.start + reach - 1, plan.digits, plan.chunks, plan.codes, heads,
        plan.context - reach, plan.stride, tables.start)
      Real.copierTablesBackward(
        tables.start, sigma, query, labels, plan.digits, plan.chunks, plan.codes, target, dv.start)
      if plan.partial > 0 {
        let offset = group * plan.partial * reach * 8
        Real.copierPartialBackward(
          weights.partial.start + offset, x, plan.partial, reach, query, heads, plan.stride, rows,
          dpartial.start + offset, dv.start)
      }
      for lag in 0..<reach {
        let token = Int(x[plan.context - 1 - lag])
        for lane in 0..<8 { target[lag * 8 + lane] += dv.start[token * 8 + lane] }
      }
    }
  }

  // MARK: Layer 2 and the criterion

  /// dlogit = e (up hit + base), left by the forward pass.
  private var up: Real = 0
  private var base: Real = 0

  private func classifierForward(_ x: UnsafePointer<UInt16>, _ weights: StreamedWeights<Real>) -> Double {
    let (first, target) = (plan.firstKey, Int(x[plan.context]))
    let q = q.start
    for position in plan.keys..<plan.padded { q[position] = 0 }
    switch plan.shape.definition.variant.secondLayer {
    case .softmax:
      let largest = Real.largest(q, plan.keys)
      // The largest a q is at the other end for a negative a.
      let shift = weights.scale >= 0 ? largest : -negatedLargest(q)
      Real.exponentials(q, weights.scale, shift, plan.keys, plan.padded, e.start)
    case .linear:
      for position in 0..<plan.keys { e.start[position] = 1 }
    }
    if loss.criterion == .crossEntropy {
      Real.hits(x + first, target, plan.keys, plan.padded, hit.start)
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
      centre += dy[token] * (isLinear ? keys.start[token] / Real(plan.keys) : y[token])
    }
    dy.withUnsafeBufferPointer { dy in
      guard let dy = dy.baseAddress else { return }
      Real.lookUp(dy, x + first, plan.keys, plan.padded, hit.start)
    }
    up = 1 / total
    base = -centre / total
    return Double(CriterionLayer.forward(y, target: target, loss: loss))
  }

  private var isLinear: Bool { plan.shape.definition.variant.secondLayer == .linear }
  /// What the attention is divided by, left by `predict`.
  private var total: Real = 1

  /// y[target], 1/Σe, and the weight of dy[target] in the mean of dy.
  private func predictTarget(_ weights: StreamedWeights<Real>) -> (y: Real, scale: Real, weight: Real) {
    var found: (Real, Real) = (0, 0)
    withUnsafeMutablePointer(to: &found) { pointer in
      pointer.withMemoryRebound(to: Real.self, capacity: 2) { sums in
        Real.attended(isLinear ? q.start : e.start, hit.start, plan.padded, sums)
      }
    }
    guard isLinear else { return (found.1 / found.0, 1 / found.0, found.1 / found.0) }
    let count = Real(plan.keys)
    var hits: Real = 0
    for position in 0..<plan.keys { hits += hit.start[position] }
    let mean = found.0 / count
    return (
      hits / count * (1 - weights.scale * mean) + weights.scale / count * found.1, 1 / count, hits / count
    )
  }

  private func predict(_ x: UnsafePointer<UInt16>, _ weights: StreamedWeights<Real>) {
    let tokens = x + plan.firstKey
    sums.fill(0)
    Real.scatter(isLinear ? q.start : e.start, tokens, plan.keys, sums.start)
    var sum: Real = 0
    for token in y.indices { sum += sums.start[token] }
    total = isLinear ? Real(plan.keys) : sum
    guard isLinear else {
      for token in y.indices { y[token] = sums.start[token] / total }
      return
    }
    keys.fill(0)
    Real.scatter(e.start, tokens, plan.keys, keys.start)
    let mean = sum / total
    for token in y.indices {
      y[token] = (keys.start[token] * (1 - weights.scale * mean) + weights.scale * sums.start[token]) / total
    }
  }

  private func negatedLargest(_ q: UnsafeMutablePointer<Real>) -> Real {
    var largest = -Real.infinity
    for position in 0..<plan.keys { largest = max(largest, -q[position]) }
    return largest
  }
}
