import CKernels
import InductionModel

/// One thread's workspace for the evaluation by windows: a query's row of similarities and the sequences that end in it.
final class WindowRow<Real: LayerKernels> {
  /// Sequences whose criterion is computed side by side.
  static var width: Int { 64 }

  private let plan: WindowPlan
  private let tree: SetTree
  private let loss: Loss
  private let isLinear: Bool

  private let k: Buffer<Real>  // [H][stride]
  private let slope: Buffer<Real>  // [H][stride]; dq/dk, then dk
  private let similarity: Buffer<Real>  // [stride]; before the feature norm
  private let q: Buffer<Real>  // [stride]
  private let e: Buffer<Real>  // [stride]; what sums run over: exponentials, or q for the linear layer
  private let ones: Buffer<Real>  // [stride]
  private let t: Buffer<Real>  // [stride]
  private let extra: Buffer<Real>  // [stride]; dlogit of rescued sequences
  private let rescued: Buffer<Real>  // [2][stride]
  private let scratch: Buffer<Real>
  private let sums: Buffer<Real>  // [d][width], then c
  private let keys: Buffer<Real>  // [d][width]
  private let y: Buffer<Real>  // [d][width]
  private let losses: Buffer<Real>  // [width]
  private let targets: Buffer<Int32>  // [width]
  private let column: Buffer<Real>  // [d]

  // Sums since `start`.
  private let dv: Buffer<Real>  // [H][d][stride]
  private let dshares: Buffer<Real>  // [set][8]
  private let dinverse: Buffer<Real>  // [stride]
  private var dscale = 0.0
  private var total = 0.0

  init(plan: WindowPlan, tree: SetTree, loss: Loss) {
    self.plan = plan
    self.tree = tree
    self.loss = loss
    let (heads, d, stride) = (plan.shape.heads, plan.shape.tokens, plan.stride)
    isLinear = plan.shape.definition.variant.secondLayer == .linear
    k = Buffer(heads * stride, zero: 0)
    slope = Buffer(heads * stride, zero: 0)
    similarity = Buffer(stride, zero: 0)
    q = Buffer(stride, zero: 0)
    e = Buffer(stride, zero: 0)
    ones = Buffer(stride, zero: 1)
    t = Buffer(stride, zero: 0)
    extra = Buffer(stride, zero: 0)
    rescued = Buffer(2 * stride, zero: 0)
    scratch = Buffer(2 * tree.inner * Int(TRAINER_BLOCK), zero: 0)
    sums = Buffer(d * Self.width, zero: 0)
    keys = Buffer(d * Self.width, zero: 0)
    y = Buffer(d * Self.width, zero: 0)
    losses = Buffer(Self.width, zero: 0)
    targets = Buffer(Self.width, zero: -1)
    column = Buffer(d, zero: 0)
    dv = Buffer(heads * d * stride, zero: 0)
    dshares = Buffer(tree.sets * 8, zero: 0)
    dinverse = Buffer(plan.shape.definition.variant.featureNorm == .feature ? stride : 0, zero: 0)
  }

  func start() {
    dv.fill(0)
    dshares.fill(0)
    dinverse.fill(0)
    dscale = 0
    total = 0
  }

  /// Numbers that a task leaves: dv, dp, dinverse, da, loss.
  static func width(of plan: WindowPlan, sets: Int) -> Int {
    let features = plan.shape.definition.variant.featureNorm == .feature ? plan.stride : 0
    return plan.shape.heads * plan.shape.tokens * plan.stride + sets + features + 2
  }

  func finish(into partials: Partials, row: Int) {
    partials.withRow(row) { target in
      var at = 0
      for entry in 0..<dv.count { target[entry] = Double(dv.start[entry]) }
      at += dv.count
      for set in 0..<tree.sets {
        target[at] = 0
        for lane in 0..<8 { target[at] += Double(dshares.start[set * 8 + lane]) }
        at += 1
      }
      for entry in 0..<dinverse.count { target[at + entry] = Double(dinverse.start[entry]) }
      at += dinverse.count
      target[at] = dscale
      target[at + 1] = total
    }
  }

  /// What is wanted of a row's sequences beside their sums.
  enum Purpose {
    case gradient
    case values((_ sequence: Int, _ loss: Double, _ y: [Double]) -> Void)
  }

  /// Query window z and the sequences that end in it.
  func run(
    query: Int, sequences: UnsafeBufferPointer<Int32>, batch: WindowBatch<Real>,
    features: WindowFeatures<Real>, purpose: Purpose
  ) {
    rowForward(query, features)
    if case .gradient = purpose {
      t.fill(0)
      extra.fill(0)
    }
    for first in stride(from: 0, to: sequences.count, by: Self.width) {
      let part = UnsafeBufferPointer(rebasing: sequences[first..<min(first + Self.width, sequences.count)])
      classify(part, batch, features)
      switch purpose {
      case .gradient:
        for column in 0..<part.count {
          total += Double(losses.start[column])
          batchBackward(Int(part[column]), column: column, batch, features)
        }
      case .values(let take):
        for (column, sequence) in part.enumerated() {
          let prediction = (0..<plan.shape.tokens).map { Double(y.start[$0 * Self.width + column]) }
          take(Int(sequence), Double(losses.start[column]), prediction)
        }
      }
    }
    if case .gradient = purpose { rowBackward(query, features) }
  }

  // MARK: The row

  /// v → k [H][stride] → q [stride] → e [stride].
  private func rowForward(_ query: Int, _ features: WindowFeatures<Real>) {
    let (shape, stride) = (plan.shape, plan.stride)
    Real.rowForward(features.v.start, shape.heads, shape.tokens, stride, stride, query, k.start)
    var layout = tree.layout
    Real.selectorForward(
      &layout, features.shares.start, k.start, stride, stride, similarity.start, slope.start, scratch.start)
    if features.hasFeatureNorm {
      let norm = features.inverseNorm.start[query]
      for window in 0..<stride {
        q.start[window] = similarity.start[window] * features.inverseNorm.start[window] * norm
      }
    } else {
      q.start.update(from: similarity.start, count: stride)
    }
    if isLinear {
      e.start.update(from: q.start, count: stride)
    } else {
      let a = features.scale
      let shift = a >= 0 ? Real.largest(q.start, plan.windows) : smallest(q.start, plan.windows)
      Real.exponentials(q.start, a, shift, plan.windows, stride, e.start)
    }
  }

  /// t [stride], the sum over sequences of Σ_e n[e, Z] c_e, → dv, dp, da.
  private func rowBackward(_ query: Int, _ features: WindowFeatures<Real>) {
    let (shape, stride, a) = (plan.shape, plan.stride, features.scale)
    dscale += Double(Real.rowLogits(isLinear ? nil : e.start, q.start, stride, t.start))
    if hasRescued {
      for window in 0..<plan.windows {
        dscale += Double(extra.start[window] * q.start[window])
        t.start[window] += extra.start[window]
      }
      hasRescued = false
    }
    for window in 0..<stride { t.start[window] *= a }
    for window in plan.windows..<stride { t.start[window] = 0 }
    if features.hasFeatureNorm {
      let norm = features.inverseNorm.start[query]
      var dquery: Real = 0
      for window in 0..<plan.windows {
        let (dq, inverse) = (t.start[window], features.inverseNorm.start[window])
        dinverse.start[window] += dq * similarity.start[window] * norm
        dquery += dq * similarity.start[window] * inverse
        t.start[window] = dq * inverse * norm
      }
      dinverse.start[query] += dquery
    }
    var layout = tree.layout
    Real.selectorBackward(
      &layout, k.start, t.start, stride, stride, slope.start, dshares.start, scratch.start)
    Real.rowBackward(
      features.v.start, slope.start, shape.heads, shape.tokens, stride, stride, query, dv.start)
  }

  // MARK: Its sequences

  /// e and counts → sums, losses, predictions and c, side by side.
  private func classify(
    _ part: UnsafeBufferPointer<Int32>, _ batch: WindowBatch<Real>, _ features: WindowFeatures<Real>
  ) {
    let d = plan.shape.tokens
    for (column, sequence) in part.enumerated() {
      targets.start[column] = batch.target.start[Int(sequence)]
      sum(Int(sequence), over: e.start, batch)
      if !isLinear && !isSafe { rescue(Int(sequence), batch, features) }
      for token in 0..<d { sums.start[token * Self.width + column] = self.column.start[token] }
      guard isLinear else { continue }
      sum(Int(sequence), over: ones.start, batch)
      for token in 0..<d { keys.start[token * Self.width + column] = self.column.start[token] }
    }
    for column in part.count..<padded(part.count, to: 8) { targets.start[column] = -1 }
    Real.criterion(
      loss.criterion == .logits ? 1 : 0, Real(loss.epsilon), features.scale, d, part.count, Self.width,
      targets.start, isLinear ? keys.start : nil, sums.start, y.start, losses.start)
  }

  private func batchBackward(
    _ sequence: Int, column: Int, _ batch: WindowBatch<Real>, _ features: WindowFeatures<Real>
  ) {
    for token in 0..<plan.shape.tokens {
      self.column.start[token] = sums.start[token * Self.width + column]
    }
    guard !isLinear, needsRescue(sequence, batch) else {
      accumulate(sequence, into: t.start, batch)
      return
    }
    // The same sums once more, as `rescue` shifted them for this sequence.
    let c = (0..<plan.shape.tokens).map { self.column.start[$0] }
    rescue(sequence, batch, features)
    for (token, value) in c.enumerated() { self.column.start[token] = value }
    let own = rescued.start + plan.stride
    own.update(repeating: 0, count: plan.stride)
    accumulate(sequence, into: own, batch)
    for window in 0..<plan.windows { extra.start[window] += own[window] * rescued.start[window] }
    hasRescued = true
  }

  private func sum(_ sequence: Int, over e: UnsafePointer<Real>, _ batch: WindowBatch<Real>) {
    let d = plan.shape.tokens
    switch batch.form {
    case .counts(let counts):
      Real.countsForward(
        counts.start + sequence * d * plan.stride, e, d, plan.stride, plan.stride, column.start)
    case .entries(let entries):
      let first = Int(entries.first.start[sequence])
      Real.entriesForward(
        entries.window.start + first, entries.weight.start + first, entries.end.start + sequence * d, d, e,
        column.start)
    }
  }

  private func accumulate(
    _ sequence: Int, into t: UnsafeMutablePointer<Real>, _ batch: WindowBatch<Real>
  ) {
    let d = plan.shape.tokens
    switch batch.form {
    case .counts(let counts):
      Real.countsBackward(
        counts.start + sequence * d * plan.stride, column.start, d, plan.stride, plan.stride, t)
    case .entries(let entries):
      let first = Int(entries.first.start[sequence])
      Real.entriesBackward(
        entries.window.start + first, entries.weight.start + first, entries.end.start + sequence * d, d,
        column.start, t)
    }
  }

  // MARK: Sequences far below the row's largest similarity

  private var hasRescued = false

  /// Whether the sums in `column` have kept their digits under the row's shift.
  private var isSafe: Bool {
    var total: Real = 0
    for token in 0..<plan.shape.tokens { total += column.start[token] }
    return total > Real.leastNormalMagnitude.squareRoot()
  }

  private func needsRescue(_ sequence: Int, _ batch: WindowBatch<Real>) -> Bool {
    guard mayNeedRescue else { return false }
    let kept = (0..<plan.shape.tokens).map { column.start[$0] }
    defer { for (token, value) in kept.enumerated() { column.start[token] = value } }
    sum(sequence, over: e.start, batch)
    return !isSafe
  }

  /// Whether any exponential of the row is that small.
  private var mayNeedRescue: Bool {
    for window in 0..<plan.windows where e.start[window] <= Real.leastNormalMagnitude.squareRoot() {
      return true
    }
    return false
  }

  /// The sums over exponentials that are shifted by the sequence's own largest similarity, left in `rescued`.
  private func rescue(_ sequence: Int, _ batch: WindowBatch<Real>, _ features: WindowFeatures<Real>) {
    let a = features.scale
    var best = -Real.infinity
    batch.forEachWindow(of: sequence, plan) { best = max(best, a * q.start[$0]) }
    for window in 0..<plan.windows {
      // Windows that the sequence does not have may lie above: any finite value will do.
      rescued.start[window] = Real.exp(min(0, a * q.start[window] - best))
    }
    sum(sequence, over: rescued.start, batch)
  }

  private func smallest(_ q: UnsafePointer<Real>, _ count: Int) -> Real {
    var smallest = Real.infinity
    for entry in 0..<count { smallest = min(smallest, q[entry]) }
    return smallest
  }
}
