import CKernels
import InductionModel

/// The copier on one sequence after the other, positions in vector lanes.
///
/// For `normalization: none` and `feature-norm: constant`, where ⟨v_l^h, v_{L+1}^h⟩ = Σ_j σ^h_j V^h[x_{l−j}] with the
/// table V^h[e] = v_{L+1}^h[e] of the query: no v is ever formed. Neighbouring lags share a table over their tokens,
/// so that a position costs W/digits look-ups, eight heads at a time.
final class CopierStream<Real: LayerKernels>: StreamedHeads {
  private let plan: CopierPlan

  // Shapes in the comments, lanes last.
  private let codes: Buffer<UInt32>  // [L]
  private let relabeled: Buffer<UInt16>  // [L]
  private let labels: Buffer<UInt16>  // [d]
  private let v: Buffer<Real>  // [group][label][8]
  private let dv: Buffer<Real>  // [label][8]
  private let tables: Buffer<Real>  // [chunk][code][8]

  // Gradients of the sequences since `start`.
  private let dsigma: Buffer<Real>  // [group][lag][8]
  private let dpartial: Buffer<Real>  // [group][depth][lag][8]

  init(plan: CopierPlan) {
    self.plan = plan
    let (groups, labels) = (plan.groups, plan.labels)
    codes = Buffer(plan.keys.context, zero: 0)
    relabeled = Buffer(plan.keys.context, zero: 0)
    self.labels = Buffer(plan.shape.tokens, zero: 0)
    v = Buffer(groups * labels * 8, zero: 0)
    dv = Buffer(labels * 8, zero: 0)
    tables = Buffer(plan.chunks * plan.codes * 8, zero: 0)
    dsigma = Buffer(groups * plan.lags * 8, zero: 0)
    dpartial = Buffer(plan.partial == 0 ? 0 : groups * plan.partial * plan.shape.reach * 8, zero: 0)
  }

  func start() {
    dsigma.fill(0)
    dpartial.fill(0)
  }

  func gradient(shares: [Double], scale: Double, _ weights: CopierWeights<Real>) -> [Double] {
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
    (sum.shares, sum.scale) = (shares, scale)
    return sum.row
  }

  /// Tokens as the tables index them: themselves, or their number among the query's tokens, 0 for all others.
  private func labeled(_ x: UnsafePointer<UInt16>) -> UnsafePointer<UInt16> {
    guard plan.relabels else { return x }
    var next: UInt16 = 0
    for lag in 1...plan.shape.reach {
      let token = Int(x[plan.keys.context - lag])
      if labels.start[token] == 0 {
        next += 1
        labels.start[token] = next
      }
    }
    for position in 0..<plan.keys.context { relabeled.start[position] = labels.start[Int(x[position])] }
    for lag in 1...plan.shape.reach { labels.start[Int(x[plan.keys.context - lag])] = 0 }
    return UnsafePointer(relabeled.start)
  }

  func forward(
    _ tokens: UnsafePointer<UInt16>, _ weights: CopierWeights<Real>, k: UnsafeMutablePointer<Real>
  ) {
    let (reach, labels) = (plan.shape.reach, plan.labels)
    let x = labeled(tokens)
    trainer_codes(x, Int32(plan.keys.context), Int32(labels), Int32(plan.digits), 8, codes.start)
    for group in 0..<plan.groups {
      let sigma = weights.sigma.start + group * plan.lags * 8
      let query = v.start + group * labels * 8
      let rows = k + group * 8 * plan.keys.stride
      let heads = min(8, plan.shape.heads - group * 8)
      Real.copierQuery(sigma, x + plan.keys.context, reach, labels, query)
      Real.copierTables(sigma, query, labels, plan.digits, plan.chunks, plan.codes, tables.start)
      if plan.partial > 0 {
        let partial = weights.partial.start + group * plan.partial * reach * 8
        Real.copierPartial(partial, x, plan.partial, reach, query, heads, plan.keys.stride, rows)
      }
      Real.copierForward(
        tables.start, codes.start + reach - 1, plan.digits, plan.chunks, plan.codes, heads,
        plan.keys.context - reach, plan.keys.padded - plan.partial, plan.keys.stride, rows + plan.partial)
    }
  }

  func backward(_ tokens: UnsafePointer<UInt16>, _ weights: CopierWeights<Real>, dk: UnsafePointer<Real>) {
    let (reach, labels) = (plan.shape.reach, plan.labels)
    let x = plan.relabels ? UnsafePointer(relabeled.start) : tokens
    for group in 0..<plan.groups {
      let sigma = weights.sigma.start + group * plan.lags * 8
      let target = dsigma.start + group * plan.lags * 8
      let query = v.start + group * labels * 8
      let rows = dk + group * 8 * plan.keys.stride
      let heads = min(8, plan.shape.heads - group * 8)
      Real.copierBackward(
        rows + plan.partial, codes.start + reach - 1, plan.digits, plan.chunks, plan.codes, heads,
        plan.keys.context - reach, plan.keys.stride, tables.start)
      Real.copierTablesBackward(
        tables.start, sigma, query, labels, plan.digits, plan.chunks, plan.codes, target, dv.start)
      if plan.partial > 0 {
        let offset = group * plan.partial * reach * 8
        Real.copierPartialBackward(
          weights.partial.start + offset, x, plan.partial, reach, query, heads, plan.keys.stride, rows,
          dpartial.start + offset, dv.start)
      }
      for lag in 0..<reach {
        let token = Int(x[plan.keys.context - 1 - lag])
        for lane in 0..<8 { target[lag * 8 + lane] += dv.start[token * 8 + lane] }
      }
    }
  }
}
