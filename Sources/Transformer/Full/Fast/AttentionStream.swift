import CKernels
import InductionModel

/// Layer 1 of the full model on one sequence after the other, eight heads in lanes.
///
/// Scores are sums of a number of the two tokens and one of the lag, so that a position's weights are products of
/// looked-up exponentials. LayerNorm takes out the mean, whence centred values, and any common factor, whence weights
/// that need not add up to one.
final class AttentionStream<Real: LayerKernels & HeadKernels>: StreamedHeads {
  /// Positions that stay in the first-level cache.
  private static var tile: Int { 32 }

  private let shape: PassShape
  private let keys: StreamedKeys
  /// Keys in runs of one number of lags.
  private let runs: [(positions: Range<Int>, lags: Int)]
  private let sums: AttentionSums<Real>

  // Of all keys, [group][key][..][8].
  private let u: Buffer<Real>  // [d]
  private let y: Buffer<Real>  // [d]
  private let z: Buffer<Real>
  private let r: Buffer<Real>

  // Of the query, [group][..][8].
  private let queryU: Buffer<Real>  // [d]
  private let queryY: Buffer<Real>  // [d]
  private let queryR: Buffer<Real>
  private let queryV: Buffer<Real>  // [d]
  /// What a key's y is multiplied by, and the constant of γ and β, [d + 1].
  private let match: Buffer<Real>

  private let ones: Buffer<Real>  // [8]
  private let dmatch: Buffer<Real>  // [d + 1][8]
  private let du: Buffer<Real>  // [tile][d][8]
  private let dy: Buffer<Real>  // [tile][d][8]
  private let dz: Buffer<Real>  // [tile][8]

  init(keys: StreamedKeys) {
    self.keys = keys
    shape = keys.shape
    let (d, groups) = (shape.tokens, (shape.heads + 7) / 8)
    let end = keys.first + keys.count
    var runs: [(positions: Range<Int>, lags: Int)] = []
    var position = keys.first
    while position < end {
      let lags = min(position, shape.reach)
      let next = lags < shape.reach ? position + 1 : min(position + Self.tile, end)
      runs.append((position..<next, lags))
      position = next
    }
    self.runs = runs
    sums = AttentionSums(shape: shape)
    u = Buffer(groups * keys.count * d * 8, zero: 0)
    y = Buffer(groups * keys.count * d * 8, zero: 0)
    z = Buffer(groups * keys.count * 8, zero: 0)
    r = Buffer(groups * keys.count * 8, zero: 0)
    queryU = Buffer(groups * d * 8, zero: 0)
    queryY = Buffer(groups * d * 8, zero: 0)
    queryR = Buffer(groups * 8, zero: 0)
    queryV = Buffer(groups * d * 8, zero: 0)
    match = Buffer(groups * (d + 1) * 8, zero: 0)
    ones = Buffer(8, zero: 1)
    dmatch = Buffer((d + 1) * 8, zero: 0)
    du = Buffer(Self.tile * d * 8, zero: 0)
    dy = Buffer(Self.tile * d * 8, zero: 0)
    dz = Buffer(Self.tile * 8, zero: 0)
  }

  /// Bytes of one thread's activations.
  static func bytes(_ keys: StreamedKeys) -> Double {
    let groups = Double((keys.shape.heads + 7) / 8)
    return 2 * groups * Double(keys.count) * Double(keys.shape.tokens + 1) * 8
      * Double(MemoryLayout<Real>.size)
  }

  func start() { sums.clear() }

  func forward(_ x: UnsafePointer<UInt16>, _ weights: AttentionWeights<Real>, k: UnsafeMutablePointer<Real>) {
    let (d, tables) = (shape.tokens, weights.tables)
    for group in 0..<tables.groups {
      queryForward(group, x, tables)
      let (pair, place) = (group * d * d * 8, group * (shape.reach + 1) * 8)
      for run in runs {
        let at = (group * keys.count + run.positions.lowerBound - keys.first) * 8
        let count = run.positions.count
        Real.attendForward(
          tables.pair.start + pair, tables.place.start + place, tables.logs[group],
          x + run.positions.lowerBound, 1, count, run.lags, d, u.start + at * d, z.start + at)
        Real.mapsForward(u.start + at * d, tables.values.start + pair, count, d, y.start + at * d)
        Real.norms(y.start + at * d, z.start + at, Real(LayerNorm.epsilon), count, d, r.start + at)
        Real.matchForward(
          y.start + at * d, r.start + at, match.start + group * (d + 1) * 8, count, d, heads(of: group),
          keys.stride, k + group * 8 * keys.stride + run.positions.lowerBound - keys.first)
      }
    }
  }

  func backward(_ x: UnsafePointer<UInt16>, _ weights: AttentionWeights<Real>, dk: UnsafePointer<Real>) {
    let (d, tables) = (shape.tokens, weights.tables)
    for group in 0..<tables.groups {
      let (pair, place) = (group * d * d * 8, group * (shape.reach + 1) * 8)
      dmatch.fill(0)
      for run in runs {
        let at = (group * keys.count + run.positions.lowerBound - keys.first) * 8
        let count = run.positions.count
        Real.matchBackward(
          y.start + at * d, z.start + at, r.start + at, Real(LayerNorm.epsilon),
          match.start + group * (d + 1) * 8,
          dk + group * 8 * keys.stride + run.positions.lowerBound - keys.first,
          count, d, heads(of: group), keys.stride, dmatch.start, dy.start, dz.start)
        Real.mapsBackward(u.start + at * d, dy.start, count, d, sums.dvalues.start + pair)
        Real.mapsForward(dy.start, tables.turned.start + pair, count, d, du.start)
        Real.attendBackward(
          tables.pair.start + pair, tables.place.start + place, tables.logs[group],
          x + run.positions.lowerBound, 1, count, run.lags, d, du.start, dz.start, sums.dpair.start + pair,
          sums.dplace.start + place)
      }
      queryBackward(group, x, tables)
    }
  }

  func gradient(shares: [Double], scale: Double, _ weights: AttentionWeights<Real>) -> [Double] {
    var sum = FullWeights<Double>.zero(shape)
    (sum.shares, sum.scale) = (shares, scale)
    sums.add(to: &sum, at: weights.tables)
    return sum.row
  }

  private func heads(of group: Int) -> Int { min(8, shape.heads - group * 8) }

  // MARK: The query

  private var queryLags: Int { min(keys.context, shape.reach) }

  private func queryForward(_ group: Int, _ x: UnsafePointer<UInt16>, _ tables: AttentionTables<Real>) {
    let d = shape.tokens
    let (at, target) = (group * d * 8, group * (d + 1) * 8)
    Real.copierQuery(
      tables.query.start + tables.querySigma(group: group, lags: queryLags), x + keys.context, queryLags, d,
      queryU.start + at)
    Real.mapsForward(queryU.start + at, tables.values.start + group * d * d * 8, 1, d, queryY.start + at)
    Real.norms(queryY.start + at, ones.start, Real(LayerNorm.epsilon), 1, d, queryR.start + group * 8)
    LayerNormLanes.forward(
      tables, y: queryY.start + at, r: queryR.start + group * 8, count: 1, v: queryV.start + at)
    for lane in 0..<8 {
      var constant: Real = 0
      for e in 0..<d {
        let v = queryV.start[at + e * 8 + lane]
        match.start[target + e * 8 + lane] = tables.gain.start[e] * v
        constant += tables.bias.start[e] * v
      }
      match.start[target + d * 8 + lane] = constant
    }
  }

  /// `dmatch` → the query's own path, and the γ and β of the keys.
  private func queryBackward(_ group: Int, _ x: UnsafePointer<UInt16>, _ tables: AttentionTables<Real>) {
    let d = shape.tokens
    let (at, map) = (group * d * 8, group * d * d * 8)
    for e in 0..<d {
      for lane in 0..<8 {
        let entry = e * 8 + lane
        let (slope, constant) = (dmatch.start[entry], dmatch.start[d * 8 + lane])
        let v = queryV.start[at + entry]
        sums.dgain.start[entry] += slope * v
        sums.dbias.start[entry] += constant * v
        dy.start[entry] = slope * tables.gain.start[e] + constant * tables.bias.start[e]
      }
    }
    LayerNormLanes.backward(
      tables, y: queryY.start + at, z: ones.start, r: queryR.start + group * 8, count: 1, dv: dy.start,
      dz: dz.start, sums: sums)
    Real.mapsBackward(queryU.start + at, dy.start, 1, d, sums.dvalues.start + map)
    Real.mapsForward(dy.start, tables.turned.start + map, 1, d, du.start)
    let target = sums.dquery.start + tables.querySigma(group: group, lags: queryLags)
    for lag in 0..<queryLags {
      let token = Int(x[keys.context - 1 - lag])
      for lane in 0..<8 { target[lag * 8 + lane] += du.start[token * 8 + lane] }
    }
  }
}

/// The full model's weights of a step for `AttentionStream`.
final class AttentionWeights<Real: LayerKernels & HeadKernels>: StreamedWeights {
  let tables: AttentionTables<Real>
  let reading: ReadingWeights<Real>
  private var point: FullParameters

  init(keys: StreamedKeys) {
    tables = AttentionTables(shape: keys.shape)
    reading = ReadingWeights(sets: keys.shape.sets)
    point = .zero(keys.shape.definition)
  }

  func set(_ parameters: [Double]) {
    point = FullParameters(flat: parameters, model: tables.shape.definition)
    let weights = FullWeights(point, shape: tables.shape)
    tables.set(weights)
    reading.set(shares: weights.shares, scale: weights.scale)
  }

  func parameterGradient(row: [Double]) -> [Double] {
    tables.weights.parameterGradient(of: FullWeights(shape: tables.shape, row: row), at: point).flat
  }
}
