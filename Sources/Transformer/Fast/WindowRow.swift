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

  private let k: Buffer<Real>  // [H][row]
  private let slope: Buffer<Real>  // [H][row]; dq/dk, then dk
  private let similarity: Buffer<Real>  // [row]; before the feature norm
  private let q: Buffer<Real>  // [row]
  private let e: Buffer<Real>  // [row]; what sums run over: exponentials, or q for the linear layer
  private let ones: Buffer<Real>  // [row]
  private let t: Buffer<Real>  // [row]
  private let extra: Buffer<Real>  // [row]; dlogit of rescued sequences
  private let rescued: Buffer<Real>  // [2][row]
  private let scratch: Buffer<Real>
  private let sums: Buffer<Real>  // [d][width], then c
  private let keys: Buffer<Real>  // [d][width]
  private let y: Buffer<Real>  // [d][width]
  private let losses: Buffer<Real>  // [width]
  private let targets: Buffer<Int32>  // [width]
  private let isRescued: Buffer<Bool>  // [width]

  // Sums since `start`.
  private let dv: Buffer<Real>  // [H][d][row]
  /// [H][d][stride]; `dv` itself where a query is one of the keys' windows.
  private let dquery: Buffer<Real>
  private let dshares: Buffer<Real>  // [set][8]
  private let dinverse: Buffer<Real>  // [stride]
  private var dscale = 0.0
  /// Σ of the losses.
  private(set) var total = 0.0

  init(plan: WindowPlan, tree: SetTree, loss: Loss) {
    self.plan = plan
    self.tree = tree
    self.loss = loss
    let (heads, d, stride) = (plan.shape.heads, plan.shape.tokens, plan.row)
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
    isRescued = Buffer(Self.width, zero: false)
    dv = Buffer(heads * d * stride, zero: 0)
    dquery = plan.each > 0 ? Buffer(heads * d * plan.stride, zero: 0) : dv
    dshares = Buffer(tree.sets * 8, zero: 0)
    dinverse = Buffer(plan.shape.featureNorm == .feature ? stride : 0, zero: 0)
  }

  func start(_ outputs: BatchOutputs) {
    total = 0
    guard outputs.contains(.gradient) else { return }
    dv.fill(0)
    if dquery !== dv { dquery.fill(0) }
    dshares.fill(0)
    dinverse.fill(0)
    dscale = 0
  }

  func finish(into partials: Partials, row: Int) {
    partials.withRow(row) { target in
      var at = 0
      for part in dquery === dv ? [dv] : [dv, dquery] {
        for entry in 0..<part.count { target[at + entry] = Double(part.start[entry]) }
        at += part.count
      }
      for set in 0..<tree.sets {
        target[at] = 0
        for lane in 0..<8 { target[at] += Double(dshares.start[set * 8 + lane]) }
        at += 1
      }
      for entry in 0..<dinverse.count { target[at + entry] = Double(dinverse.start[entry]) }
      target[at + dinverse.count] = dscale
    }
  }

  /// Query window z and the sequences that end in it.
  func run(
    query: Int, sequences: UnsafeBufferPointer<Int32>, batch: WindowBatch<Real>,
    features: WindowFeatures<Real>, results: PassResults
  ) {
    let needsGradient = results.outputs.contains(.gradient)
    rowForward(query, features)
    if needsGradient {
      t.fill(0)
      extra.fill(0)
    }
    for first in stride(from: 0, to: sequences.count, by: Self.width) {
      let part = UnsafeBufferPointer(rebasing: sequences[first..<min(first + Self.width, sequences.count)])
      classify(part, batch, features)
      for column in 0..<part.count { total += Double(losses.start[column]) }
      if results.wantsSequences { keep(part, batch, in: results) }
      if needsGradient { batchBackward(part, batch, features) }
    }
    if needsGradient { rowBackward(query, features) }
  }

  private func keep(_ part: UnsafeBufferPointer<Int32>, _ batch: WindowBatch<Real>, in results: PassResults) {
    for (column, sequence) in part.enumerated() {
      results.set(sequence: batch.original[Int(sequence)], loss: Double(losses.start[column])) {
        Double(y.start[$0 * Self.width + column])
      }
    }
  }

  // MARK: The row

  /// v → k [H][row] → q [row] → e [row].
  private func rowForward(_ query: Int, _ features: WindowFeatures<Real>) {
    let (shape, stride) = (plan.shape, plan.row)
    Real.rowForward(
      features.v.start, features.query.start, shape.heads, shape.tokens, stride, stride, plan.stride, query,
      k.start)
    if shape.isRectified { Real.rectify(shape.heads * stride, k.start) }
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
      let shift = a >= 0 ? Real.largest(q.start, plan.used) : Real.smallest(q.start, plan.used)
      Real.exponentials(q.start, a, shift, plan.used, stride, e.start)
      mayNeedRescue =
        Real.smallest(e.start, plan.used) <= Real.leastNormalMagnitude.squareRoot()
    }
  }

  /// t [row], the sum over sequences of Σ_e n[e, Z] c_e, → dv, dp, da.
  private func rowBackward(_ query: Int, _ features: WindowFeatures<Real>) {
    let (shape, stride, a) = (plan.shape, plan.row, features.scale)
    dscale += Double(Real.rowLogits(isLinear ? nil : e.start, q.start, stride, t.start))
    if hasRescued {
      for window in 0..<plan.used {
        dscale += Double(extra.start[window] * q.start[window])
        t.start[window] += extra.start[window]
      }
      hasRescued = false
    }
    for window in 0..<stride { t.start[window] *= a }
    for window in plan.used..<stride { t.start[window] = 0 }
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
    if shape.isRectified { Real.rectifyBackward(k.start, shape.heads * stride, slope.start) }
    Real.rowBackward(
      features.v.start, features.query.start, slope.start, shape.heads, shape.tokens, stride, stride,
      plan.stride, query, dv.start, dquery.start)
  }

  // MARK: Its sequences

  /// e and counts → sums, losses, predictions and c, side by side.
  private func classify(
    _ part: UnsafeBufferPointer<Int32>, _ batch: WindowBatch<Real>, _ features: WindowFeatures<Real>
  ) {
    guard let sequences = part.baseAddress else { return }
    let d = plan.shape.tokens
    for column in 0..<part.count { targets.start[column] = batch.target.start[Int(part[column])] }
    for column in part.count..<padded(part.count, to: 8) { targets.start[column] = -1 }
    sum(sequences, part.count, over: e.start, batch, into: sums.start)
    if mayNeedRescue {
      for column in 0..<part.count {
        isRescued.start[column] = !isSafe(column)
        if isRescued.start[column] { rescue(sequences + column, column, batch, features) }
      }
    }
    if isLinear { sum(sequences, part.count, over: ones.start, batch, into: keys.start) }
    Real.criterion(
      loss.criterion == .logits ? 1 : 0, Real(loss.epsilon), features.scale, d, part.count, Self.width,
      targets.start, isLinear ? keys.start : nil, sums.start, y.start, losses.start)
  }

  /// c [token][column] → t, or `extra` where a sequence has exponentials of its own.
  private func batchBackward(
    _ part: UnsafeBufferPointer<Int32>, _ batch: WindowBatch<Real>, _ features: WindowFeatures<Real>
  ) {
    guard let sequences = part.baseAddress else { return }
    guard mayNeedRescue else {
      accumulate(sequences, part.count, sums.start, batch, into: t.start)
      return
    }
    for column in 0..<part.count {
      guard isRescued.start[column] else {
        accumulate(sequences + column, 1, sums.start + column, batch, into: t.start)
        continue
      }
      let c = (0..<plan.shape.tokens).map { sums.start[$0 * Self.width + column] }
      rescue(sequences + column, column, batch, features)
      for (token, value) in c.enumerated() { sums.start[token * Self.width + column] = value }
      let own = rescued.start + plan.row
      own.update(repeating: 0, count: plan.row)
      accumulate(sequences + column, 1, sums.start + column, batch, into: own)
      for window in 0..<plan.used { extra.start[window] += own[window] * rescued.start[window] }
      hasRescued = true
    }
  }

  private func sum(
    _ sequences: UnsafePointer<Int32>, _ count: Int, over e: UnsafePointer<Real>, _ batch: WindowBatch<Real>,
    into sums: UnsafeMutablePointer<Real>
  ) {
    let d = plan.shape.tokens
    switch batch.form {
    case .counts(let counts):
      Real.countsForward(
        counts, sequences, count, e, d, plan.stride, plan.each, Self.width, sums)
    case .entries(let entries):
      Real.entriesForward(
        entries.first, entries.end, entries.window, entries.weight, sequences, count, e, d, plan.each,
        Self.width, sums)
    }
  }

  private func accumulate(
    _ sequences: UnsafePointer<Int32>, _ count: Int, _ c: UnsafePointer<Real>, _ batch: WindowBatch<Real>,
    into t: UnsafeMutablePointer<Real>
  ) {
    let d = plan.shape.tokens
    switch batch.form {
    case .counts(let counts):
      Real.countsBackward(counts, sequences, count, c, d, plan.stride, plan.each, Self.width, t)
    case .entries(let entries):
      Real.entriesBackward(
        entries.first, entries.end, entries.window, entries.weight, sequences, count, c, d, plan.each,
        Self.width, t)
    }
  }

  // MARK: Sequences far below the row's largest similarity

  /// Whether some exponential of the row is so small that a sequence of such windows would lose its digits.
  private var mayNeedRescue = false
  private var hasRescued = false

  /// Whether a column's sums have kept their digits under the row's shift.
  private func isSafe(_ column: Int) -> Bool {
    var total: Real = 0
    for token in 0..<plan.shape.tokens { total += sums.start[token * Self.width + column] }
    return total > Real.leastNormalMagnitude.squareRoot()
  }

  /// A column's sums over exponentials that are shifted by the sequence's own largest similarity; they are left in
  /// `rescued`.
  private func rescue(
    _ sequence: UnsafePointer<Int32>, _ column: Int, _ batch: WindowBatch<Real>,
    _ features: WindowFeatures<Real>
  ) {
    let a = features.scale
    var best = -Real.infinity
    batch.forEachPlace(of: Int(sequence.pointee), plan) { best = max(best, a * q.start[$0]) }
    for window in 0..<plan.used {
      // Windows that the sequence does not have may lie above: any finite value will do.
      rescued.start[window] = Real.exp(min(0, a * q.start[window] - best))
    }
    sum(sequence, 1, over: rescued.start, batch, into: sums.start + column)
  }
}
