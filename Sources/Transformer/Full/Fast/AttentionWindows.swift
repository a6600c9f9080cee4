import CKernels
import InductionModel

/// Layer 1 of the full model on every own token and window, and on every window of a query. In double precision: there
/// are few.
final class AttentionWindows<Real: LayerKernels>: WindowHeads {
  let features: WindowFeatures<Real>
  private let plan: WindowPlan
  private let tables: AttentionTables<Double>
  private let sums: AttentionSums<Double>
  private var point: FullParameters
  private let keys: Activations
  private let queries: Activations
  /// Windows of keys as short sequences, their own tokens last: [own token][window][W + 1].
  private let tokens: Buffer<UInt16>
  /// Neighbouring windows of one depth, at which `tokens` begins.
  private let runs: [(windows: Range<Int>, depth: Int)]
  private let dv: Buffer<Double>  // [own token, window][d][8]
  private let du: Buffer<Double>  // the same
  private let dz: Buffer<Double>  // [own token, window][8]

  /// Of layer 1, heads in lanes.
  private struct Activations {
    let count: Int
    let u: Buffer<Double>  // [group][count][d][8]
    let y: Buffer<Double>  // [group][count][d][8]
    let z: Buffer<Double>  // [group][count][8]
    let r: Buffer<Double>  // [group][count][8]

    init(count: Int, groups: Int, tokens d: Int) {
      self.count = count
      u = Buffer(groups * count * d * 8, zero: 0)
      y = Buffer(groups * count * d * 8, zero: 0)
      z = Buffer(groups * count * 8, zero: 1)
      r = Buffer(groups * count * 8, zero: 0)
    }
  }

  private var shape: PassShape { plan.shape }
  private var heads: Int { shape.heads }

  init(plan: WindowPlan, tree: SetTree) {
    self.plan = plan
    let (shape, d) = (plan.shape, plan.shape.tokens)
    features = WindowFeatures(plan: plan, tree: tree)
    tables = AttentionTables(shape: shape)
    sums = AttentionSums(shape: shape)
    point = .zero(shape.definition)
    keys = Activations(count: d * plan.windows, groups: tables.groups, tokens: d)
    queries = Activations(count: plan.windows, groups: tables.groups, tokens: d)
    let width = shape.reach + 1
    tokens = Buffer(d * plan.windows * width, zero: 0)
    for own in 0..<d {
      for window in 0..<plan.windows {
        let last = (own * plan.windows + window) * width + shape.reach
        tokens.start[last] = UInt16(own)
        for lag in 1...shape.reach {
          tokens.start[last - lag] = UInt16(plan.token[window * shape.reach + lag - 1])
        }
      }
    }
    var runs: [(windows: Range<Int>, depth: Int)] = []
    for window in 0..<plan.windows {
      if let last = runs.last, last.depth == plan.depth[window] {
        runs[runs.count - 1].windows = last.windows.lowerBound..<window + 1
      } else {
        runs.append((window..<window + 1, plan.depth[window]))
      }
    }
    self.runs = runs
    dv = Buffer(keys.count * d * 8, zero: 0)
    du = Buffer(keys.count * d * 8, zero: 0)
    dz = Buffer(keys.count * 8, zero: 0)
  }

  func forward(_ parameters: [Double]) {
    point = FullParameters(flat: parameters, model: shape.definition)
    let weights = FullWeights(point, shape: shape)
    tables.set(weights)
    for group in 0..<tables.groups {
      attendKeys(group)
      attendQueries(group)
      normalize(keys, group, into: features.v, distance: plan.row)
      normalize(queries, group, into: features.query, distance: plan.stride)
    }
    features.set(shares: weights.shares, scale: weights.scale)
  }

  func backward(_ gradient: WindowGradient) -> [Double] {
    var gradient = gradient
    features.backward(&gradient)
    sums.clear()
    for group in 0..<tables.groups {
      denormalize(keys, group, gradient.dv, distance: plan.row)
      for own in 0..<shape.tokens {
        for run in runs {
          let first = own * plan.windows + run.windows.lowerBound
          Double.attendBackward(
            tables.pair.start + pair(group), tables.place.start + place(group), tables.logs[group],
            key(first),
            shape.reach + 1, run.windows.count, run.depth, shape.tokens, du.start + first * shape.tokens * 8,
            dz.start + first * 8, sums.dpair.start + pair(group), sums.dplace.start + place(group))
        }
      }
      denormalize(queries, group, gradient.dquery, distance: plan.stride)
      for window in 0..<plan.windows {
        let target = sums.dquery.start + tables.querySigma(group: group, lags: plan.depth[window])
        for lag in 0..<plan.depth[window] {
          let token = plan.token[window * shape.reach + lag]
          for lane in 0..<8 {
            target[lag * 8 + lane] += du.start[(window * shape.tokens + token) * 8 + lane]
          }
        }
      }
    }
    var sum = FullWeights<Double>.zero(shape)
    (sum.shares, sum.scale) = (gradient.dshares, gradient.dscale)
    sums.add(to: &sum, at: tables)
    return tables.weights.parameterGradient(of: sum, at: point).flat
  }

  private func pair(_ group: Int) -> Int { group * shape.tokens * shape.tokens * 8 }
  private func place(_ group: Int) -> Int { group * (shape.reach + 1) * 8 }
  /// The own token of a key.
  private func key(_ number: Int) -> UnsafePointer<UInt16> {
    UnsafePointer(tokens.start + number * (shape.reach + 1) + shape.reach)
  }

  private func attendKeys(_ group: Int) {
    let d = shape.tokens
    for own in 0..<d {
      for run in runs {
        let first = own * plan.windows + run.windows.lowerBound
        let at = (group * keys.count + first) * 8
        Double.attendForward(
          tables.pair.start + pair(group), tables.place.start + place(group), tables.logs[group], key(first),
          shape.reach + 1, run.windows.count, run.depth, d, keys.u.start + at * d, keys.z.start + at)
      }
    }
  }

  private func attendQueries(_ group: Int) {
    let d = shape.tokens
    let u = queries.u.start + group * queries.count * d * 8
    u.update(repeating: 0, count: queries.count * d * 8)
    for window in 0..<plan.windows {
      let sigma = tables.query.start + tables.querySigma(group: group, lags: plan.depth[window])
      for lag in 0..<plan.depth[window] {
        let token = plan.token[window * shape.reach + lag]
        for lane in 0..<8 { u[(window * d + token) * 8 + lane] += sigma[lag * 8 + lane] }
      }
    }
  }

  /// The place of an activation in a row of features.
  private func place(of number: Int) -> Int { number / plan.windows * plan.stride + number % plan.windows }

  /// u → y, r, v; rows of v are `distance` apart.
  private func normalize(_ active: Activations, _ group: Int, into v: Buffer<Real>, distance: Int) {
    let (d, at) = (shape.tokens, group * active.count * 8)
    Double.mapsForward(
      active.u.start + at * d, tables.values.start + pair(group), active.count, d, active.y.start + at * d)
    Double.norms(
      active.y.start + at * d, active.z.start + at, LayerNorm.epsilon, active.count, d, active.r.start + at)
    LayerNormLanes.forward(
      tables, y: active.y.start + at * d, r: active.r.start + at, count: active.count, v: dv.start)
    for number in 0..<active.count {
      for head in group * 8..<min(group * 8 + 8, heads) {
        for e in 0..<d {
          v.start[(head * d + e) * distance + place(of: number)] = Real(
            dv.start[(number * d + e) * 8 + head % 8])
        }
      }
    }
  }

  /// dv → du and dz, and the derivatives by V, γ and β.
  private func denormalize(_ active: Activations, _ group: Int, _ gradient: [Double], distance: Int) {
    let (d, at) = (shape.tokens, group * active.count * 8)
    dv.fill(0)
    for number in 0..<active.count {
      for head in group * 8..<min(group * 8 + 8, heads) {
        for e in 0..<d {
          dv.start[(number * d + e) * 8 + head % 8] = gradient[(head * d + e) * distance + place(of: number)]
        }
      }
    }
    LayerNormLanes.backward(
      tables, y: active.y.start + at * d, z: active.z.start + at, r: active.r.start + at, count: active.count,
      dv: dv.start, dz: dz.start, sums: sums)
    Double.mapsBackward(active.u.start + at * d, dv.start, active.count, d, sums.dvalues.start + pair(group))
    Double.mapsForward(dv.start, tables.turned.start + pair(group), active.count, d, du.start)
  }
}
