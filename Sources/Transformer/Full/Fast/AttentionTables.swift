import CKernels
import InductionModel

/// The full model's weights of a step as its loops read them: heads in lanes, eight a group.
final class AttentionTables<Real: HeadKernels>: @unchecked Sendable {
  let shape: PassShape
  let groups: Int
  /// exp A, or A itself where `logs` says so, [group][own token][token][8].
  let pair: Buffer<Real>
  /// exp w, or w itself, [group][own position, lag 1...W][8].
  let place: Buffer<Real>
  /// V with rows of mean 0, which is all that LayerNorm sees of it, [group][token][feature][8]; then with its axes
  /// exchanged.
  let values: Buffer<Real>
  let turned: Buffer<Real>
  /// σ of the query over its lags, [group][lags that exist 0...W][lag][8].
  let query: Buffer<Real>
  /// [feature].
  let gain: Buffer<Real>
  let bias: Buffer<Real>
  /// 1 where the exponentials of a group cannot be multiplied, because they would underflow, [group].
  private(set) var logs: [Int]
  private(set) var weights: FullWeights<Double>

  init(shape: PassShape) {
    self.shape = shape
    let (d, reach) = (shape.tokens, shape.reach)
    groups = (shape.heads + 7) / 8
    pair = Buffer(groups * d * d * 8, zero: 0)
    place = Buffer(groups * (reach + 1) * 8, zero: 0)
    values = Buffer(groups * d * d * 8, zero: 0)
    turned = Buffer(groups * d * d * 8, zero: 0)
    query = Buffer(groups * (reach + 1) * reach * 8, zero: 0)
    gain = Buffer(d, zero: 0)
    bias = Buffer(d, zero: 0)
    logs = Array(repeating: 0, count: groups)
    weights = .zero(shape)
  }

  /// Where the σ of a query with so many lags begin.
  func querySigma(group: Int, lags: Int) -> Int { (group * (shape.reach + 1) + lags) * shape.reach * 8 }

  func set(_ weights: FullWeights<Double>) {
    self.weights = weights
    for group in 0..<groups {
      let heads = group * 8..<min(group * 8 + 8, shape.heads)
      logs[group] = heads.contains { spread(head: $0) > Self.widest } ? 1 : 0
      for lane in 0..<8 {
        if heads.contains(group * 8 + lane) {
          setScores(group, lane)
          setPlaces(group, lane)
          setValues(group, lane)
          setQuery(group, lane)
        } else {
          setUnused(group, lane)
        }
      }
    }
    for e in 0..<shape.tokens {
      gain.start[e] = Real(weights.gain[e])
      bias.start[e] = Real(weights.bias[e])
    }
  }

  /// Logits this far below the largest leave enough digits to the square of their exponential times ε.
  private static var widest: Double { -Double.log(Double(Real.leastNormalMagnitude)) / 3.5 }

  /// How far apart two logits of a head can be.
  private func spread(head: Int) -> Double {
    let (d, window) = (shape.tokens, shape.definition.window)
    let own = Double(AttentionLayer<Double>.ownLogit)
    let logits = weights.position[head * window..<(head + 1) * window]
    let places = max(own, logits.max() ?? own) - min(own, logits.min() ?? own)
    let scores = (0..<d).map { token in
      let row = weights.scores[(head * d + token) * d..<(head * d + token + 1) * d]
      return (row.max() ?? 0) - (row.min() ?? 0)
    }
    return places + (scores.max() ?? 0)
  }

  private func setScores(_ group: Int, _ lane: Int) {
    let d = shape.tokens
    for own in 0..<d {
      let first = ((group * 8 + lane) * d + own) * d
      let row = weights.scores[first..<first + d]
      let largest = row.max() ?? 0
      for (token, score) in row.enumerated() {
        pair.start[((group * d + own) * d + token) * 8 + lane] =
          logs[group] == 1 ? Real(score) : Real(Double.exp(score - largest))
      }
    }
  }

  private func setPlaces(_ group: Int, _ lane: Int) {
    let head = group * 8 + lane
    let window = shape.definition.window
    let logits = weights.position[head * window..<(head + 1) * window]
    let own = AttentionLayer<Double>.ownLogit
    let largest = max(own, logits.max() ?? own)
    func entry(_ logit: Double) -> Real {
      logs[group] == 1 ? Real(logit) : Real(Double.exp(logit - largest))
    }
    let first = group * (shape.reach + 1) * 8 + lane
    place.start[first] = entry(own)
    for lag in 1...shape.reach { place.start[first + lag * 8] = unseen(group) }
    for (lag, logit) in zip(shape.definition.lags(ofHead: head + 1), logits) {
      place.start[first + lag * 8] = entry(logit)
    }
  }

  /// At a lag that a head does not see.
  private func unseen(_ group: Int) -> Real { logs[group] == 1 ? -Real.greatestFiniteMagnitude / 4 : 0 }

  private func setValues(_ group: Int, _ lane: Int) {
    let d = shape.tokens
    for token in 0..<d {
      let first = ((group * 8 + lane) * d + token) * d
      let row = weights.values[first..<first + d]
      let mean = row.reduce(0, +) / Double(d)
      for (e, value) in row.enumerated() {
        values.start[((group * d + token) * d + e) * 8 + lane] = Real(value - mean)
        turned.start[((group * d + e) * d + token) * 8 + lane] = Real(value - mean)
      }
    }
  }

  private func setQuery(_ group: Int, _ lane: Int) {
    let head = group * 8 + lane
    let (reach, window) = (shape.reach, shape.definition.window)
    let all = shape.definition.lags(ofHead: head + 1)
    for lags in 0...reach {
      let seen = all.lowerBound..<max(all.lowerBound, min(all.upperBound, lags) + 1)
      let sigma = softmax(
        [AttentionLayer<Double>.ownLogit] + seen.map { weights.position[head * window + $0 - all.lowerBound] }
      )
      let first = querySigma(group: group, lags: lags) + lane
      for lag in 1...reach { query.start[first + (lag - 1) * 8] = 0 }
      for (lag, weight) in zip(seen, sigma.dropFirst()) { query.start[first + (lag - 1) * 8] = Real(weight) }
    }
  }

  /// A lane without a head: attends to itself, and gives nothing.
  private func setUnused(_ group: Int, _ lane: Int) {
    let d = shape.tokens
    let one: Real = logs[group] == 1 ? 0 : 1
    for entry in 0..<d * d { pair.start[(group * d * d + entry) * 8 + lane] = one }
    let first = group * (shape.reach + 1) * 8 + lane
    place.start[first] = one
    for lag in 1...shape.reach { place.start[first + lag * 8] = unseen(group) }
  }
}
