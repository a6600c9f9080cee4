import InductionModel

/// Layer 1 of the full model: attention by tokens and positions, the heads' value maps, and LayerNorm.
struct AttentionHeads<Real: TrainingScalar>: HeadLayer {
  let weights: FullWeights<Real>
  let positions: [Int]
  private(set) var attention: AttentionLayer<Real>
  private var normalized: [Real]  // before gain and bias, [n + 1][H][d]
  private var inverse: [Real]  // 1/√(variance + ε), [n + 1][H]
  private var dmeans: [Real]  // [n + 1][H][d]

  init(weights: FullWeights<Real>, positions: [Int]) {
    self.weights = weights
    self.positions = positions
    attention = AttentionLayer(shape: weights.shape, positions: positions)
    normalized = Array(repeating: 0, count: attention.means.count)
    inverse = Array(repeating: 0, count: positions.count * weights.shape.heads)
    dmeans = normalized
  }

  mutating func forward(_ x: ArraySlice<UInt16>, output v: inout [Real]) {
    attention.forward(weights, tokens: x)
    ValueLayer.forward(weights, attention.means, values: &normalized)
    LayerNorm.forward(weights, values: &normalized, inverse: &inverse, output: &v)
  }

  mutating func backward(
    _ dv: inout [Real], output v: [Real], tokens x: ArraySlice<UInt16>, gradient: inout FullWeights<Real>
  ) {
    LayerNorm.backward(
      weights, &dv, normalized: normalized, inverse: inverse, gradient: &gradient)
    ValueLayer.backward(weights, dv, means: attention.means, dmeans: &dmeans, gradient: &gradient)
    attention.backward(dmeans, tokens: x, gradient: &gradient)
  }
}

/// u_i^h = Σ_j σ^h_ij x_j with σ^h_i = softmax_j(A^h[x_i, x_j] + w^h_{i−j}), over the position itself, at the logit
/// `ownLogit` in place of w, and the lags that the head sees. The query is a zero token: its scores are w alone, and
/// what it gives itself adds nothing.
struct AttentionLayer<Real: TrainingScalar> {
  let shape: PassShape
  let positions: [Int]
  /// σ, [n + 1][H][itself, lags that the head sees]; 0 where there is no such position.
  private(set) var sigma: [Real]
  /// u, [n + 1][H][d].
  private(set) var means: [Real]

  /// Of a position for itself (the released code).
  static var ownLogit: Real { 1e-6 }
  /// Numbers of a softmax.
  private var width: Int { shape.definition.window + 1 }

  init(shape: PassShape, positions: [Int]) {
    self.shape = shape
    self.positions = positions
    sigma = Array(repeating: 0, count: positions.count * shape.heads * (shape.definition.window + 1))
    means = Array(repeating: 0, count: positions.count * shape.heads * shape.tokens)
  }

  /// Where σ of a row and head begins.
  func index(row: Int, head: Int) -> Int { (row * shape.heads + head) * width }

  /// (w, A), tokens → σ, u.
  mutating func forward(_ weights: FullWeights<Real>, tokens x: ArraySlice<UInt16>) {
    let (d, window) = (shape.tokens, shape.definition.window)
    for entry in sigma.indices { sigma[entry] = 0 }
    for entry in means.indices { means[entry] = 0 }
    for row in positions.indices {
      for head in 0..<shape.heads {
        let own = token(row, x)
        let seen = seenTokens(row, head, x)
        let scores = own.map { (head * d + $0) * d }
        var logits = [Self.ownLogit + (own.flatMap { own in scores.map { weights.scores[$0 + own] } } ?? 0)]
        for (place, token) in seen.enumerated() {
          logits.append(
            weights.position[head * window + place] + (scores.map { weights.scores[$0 + token] } ?? 0))
        }
        let first = index(row: row, head: head)
        let target = (row * shape.heads + head) * d
        for (place, weight) in softmax(logits).enumerated() { sigma[first + place] = weight }
        if let own { means[target + own] += sigma[first] }
        for (place, token) in seen.enumerated() { means[target + token] += sigma[first + 1 + place] }
      }
    }
  }

  /// du [n + 1][H][d] → dw, dA, added to.
  func backward(_ dmeans: [Real], tokens x: ArraySlice<UInt16>, gradient: inout FullWeights<Real>) {
    let (d, window) = (shape.tokens, shape.definition.window)
    for row in positions.indices {
      for head in 0..<shape.heads {
        let own = token(row, x)
        let seen = seenTokens(row, head, x)
        let first = index(row: row, head: head)
        let source = (row * shape.heads + head) * d
        var mean: Real = own.map { sigma[first] * dmeans[source + $0] } ?? 0
        for (place, token) in seen.enumerated() { mean += sigma[first + 1 + place] * dmeans[source + token] }
        if let own {
          gradient.scores[(head * d + own) * d + own] += sigma[first] * (dmeans[source + own] - mean)
        }
        for (place, token) in seen.enumerated() {
          let dlogit = sigma[first + 1 + place] * (dmeans[source + token] - mean)
          gradient.position[head * window + place] += dlogit
          if let own { gradient.scores[(head * d + own) * d + token] += dlogit }
        }
      }
    }
  }

  /// σ of the query, [head][itself, lag 1...W].
  var ofQuery: [[Real]] {
    (0..<shape.heads).map { head in
      let first = index(row: positions.count - 1, head: head)
      var weights = Array(repeating: Real(0), count: shape.reach + 1)
      weights[0] = sigma[first]
      for (place, lag) in shape.definition.lags(ofHead: head + 1).enumerated() {
        weights[lag] = sigma[first + 1 + place]
      }
      return weights
    }
  }

  /// A row's own token; nil for the query.
  private func token(_ row: Int, _ x: ArraySlice<UInt16>) -> Int? {
    row == positions.count - 1 ? nil : Int(x[x.startIndex + positions[row]])
  }

  /// The tokens that a head sees from a row, in the order of its lags.
  private func seenTokens(_ row: Int, _ head: Int, _ x: ArraySlice<UInt16>) -> [Int] {
    let position = positions[row]
    return shape.seenLags(ofHead: head, depth: shape.depth(at: position)).map {
      Int(x[x.startIndex + position - $0])
    }
  }
}

/// u V^h.
enum ValueLayer {
  /// u [n + 1][H][d] → u V [n + 1][H][d], overwritten.
  static func forward<Real: TrainingScalar>(
    _ weights: FullWeights<Real>, _ means: [Real], values: inout [Real]
  ) {
    let (d, heads) = (weights.shape.tokens, weights.shape.heads)
    for row in 0..<means.count / d {
      let map = row % heads * d * d
      for e in 0..<d { values[row * d + e] = 0 }
      for token in 0..<d where means[row * d + token] != 0 {
        let weight = means[row * d + token]
        for e in 0..<d { values[row * d + e] += weight * weights.values[map + token * d + e] }
      }
    }
  }

  /// d(u V) → du, overwritten, and dV, added to.
  static func backward<Real: TrainingScalar>(
    _ weights: FullWeights<Real>, _ dvalues: [Real], means: [Real], dmeans: inout [Real],
    gradient: inout FullWeights<Real>
  ) {
    let (d, heads) = (weights.shape.tokens, weights.shape.heads)
    for row in 0..<means.count / d {
      let map = row % heads * d * d
      for token in 0..<d {
        let weight = means[row * d + token]
        var slope: Real = 0
        for e in 0..<d {
          slope += weights.values[map + token * d + e] * dvalues[row * d + e]
          gradient.values[map + token * d + e] += weight * dvalues[row * d + e]
        }
        dmeans[row * d + token] = slope
      }
    }
  }
}

/// γ (y − mean(y))/√(variance(y) + ε) + β, mean and biased variance over the d numbers of a head's output.
enum LayerNorm {
  /// PyTorch's default.
  static let epsilon = 1e-5

  /// y [n + 1][H][d] → normalised in place; 1/√(variance + ε) [n + 1][H]; v [n + 1][H][d].
  static func forward<Real: TrainingScalar>(
    _ weights: FullWeights<Real>, values y: inout [Real], inverse: inout [Real], output v: inout [Real]
  ) {
    let d = weights.shape.tokens
    for row in inverse.indices {
      var (mean, variance): (Real, Real) = (0, 0)
      for entry in row * d..<(row + 1) * d { mean += y[entry] / Real(d) }
      for entry in row * d..<(row + 1) * d { variance += (y[entry] - mean) * (y[entry] - mean) / Real(d) }
      inverse[row] = 1 / (variance + Real(epsilon)).squareRoot()
      for e in 0..<d {
        y[row * d + e] = (y[row * d + e] - mean) * inverse[row]
        v[row * d + e] = weights.gain[e] * y[row * d + e] + weights.bias[e]
      }
    }
  }

  /// dv → dy in place, with ŷ the normalised values: dy = (dŷ − mean(dŷ) − ŷ mean(ŷ dŷ))/√(variance + ε), dŷ = γ dv.
  static func backward<Real: TrainingScalar>(
    _ weights: FullWeights<Real>, _ dv: inout [Real], normalized y: [Real], inverse: [Real],
    gradient: inout FullWeights<Real>
  ) {
    let d = weights.shape.tokens
    for row in inverse.indices {
      var (mean, radial): (Real, Real) = (0, 0)
      for e in 0..<d {
        let entry = row * d + e
        gradient.gain[e] += dv[entry] * y[entry]
        gradient.bias[e] += dv[entry]
        dv[entry] *= weights.gain[e]
        mean += dv[entry] / Real(d)
        radial += dv[entry] * y[entry] / Real(d)
      }
      for entry in row * d..<(row + 1) * d {
        dv[entry] = (dv[entry] - mean - y[entry] * radial) * inverse[row]
      }
    }
  }
}
