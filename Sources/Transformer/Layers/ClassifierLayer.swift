import InductionModel

/// Layer 2: attention over the keys by similarity, and the mean of their tokens.
struct ClassifierLayer<Real: TrainingScalar> {
  let kind: Variant.SecondLayer
  /// What multiplies x_l, [n]: the softmax of a q, or (1 + a (q_l − q̄))/n for the linear layer.
  var attention: [Real]
  /// y, [d].
  var prediction: [Real]

  init(shape: PassShape, keys: Int) {
    kind = shape.definition.variant.secondLayer
    attention = Array(repeating: 0, count: keys)
    prediction = Array(repeating: 0, count: shape.tokens)
  }

  /// q [n] → attention [n], y [d].
  mutating func forward(_ q: [Real], scale a: Real, keyTokens: ArraySlice<UInt16>) {
    attention = Self.attention(kind, q, of: q.indices, scale: a)
    for e in prediction.indices { prediction[e] = 0 }
    for (row, token) in keyTokens.enumerated() { prediction[Int(token)] += attention[row] }
  }

  /// q of distinct windows, and which of them each key has → the attention on one key of each window.
  static func attention(
    _ kind: Variant.SecondLayer, _ q: [Real], of rows: some Collection<Int>, scale a: Real
  ) -> [Real] {
    switch kind {
    case .softmax:
      var largest = -Real.infinity
      for value in q { largest = max(largest, a * value) }
      var attention = q.map { Real.exp(a * $0 - largest) }
      var total: Real = 0
      for row in rows { total += attention[row] }
      for row in attention.indices { attention[row] /= total }
      return attention
    case .linear:
      let mean = rows.reduce(0) { $0 + q[$1] } / Real(rows.count)
      return q.map { (1 + a * ($0 - mean)) / Real(rows.count) }
    }
  }

  /// dy [d] → dq [n], overwritten; returns da.
  func backward(
    _ dy: [Real], q: [Real], scale a: Real, keyTokens: ArraySlice<UInt16>, dq: inout [Real]
  ) -> Real {
    var da: Real = 0
    switch kind {
    case .softmax:
      var mean: Real = 0
      for (row, token) in keyTokens.enumerated() { mean += attention[row] * dy[Int(token)] }
      for (row, token) in keyTokens.enumerated() {
        let dlogit = attention[row] * (dy[Int(token)] - mean)
        da += dlogit * q[row]
        dq[row] = a * dlogit
      }
    case .linear:
      let count = Real(q.count)
      var mean: Real = 0
      for token in keyTokens { mean += dy[Int(token)] / count }
      for (row, token) in keyTokens.enumerated() {
        // Σ_l (dy_l − mean) = 0, so that q̄ drops out of da.
        let dlogit = (dy[Int(token)] - mean) / count
        da += dlogit * q[row]
        dq[row] = a * dlogit
      }
    }
    return da
  }
}

/// −log(y[x] + ε) or −log softmax(y)[x].
enum CriterionLayer {
  /// y [d] → the loss of one sequence; infinite, or not a number, where y[x] + ε ≤ 0.
  static func forward<Real: TrainingScalar>(_ y: [Real], target: Int, loss: Loss) -> Real {
    switch loss.criterion {
    case .crossEntropy:
      return -Real.log(y[target] + Real(loss.epsilon))
    case .logits:
      let largest = y.max() ?? 0
      return Real.log(y.reduce(0) { $0 + Real.exp($1 - largest) }) + largest - y[target]
    }
  }

  /// y [d] → dy [d], overwritten.
  static func backward<Real: TrainingScalar>(_ y: [Real], target: Int, loss: Loss, dy: inout [Real]) {
    switch loss.criterion {
    case .crossEntropy:
      for e in dy.indices { dy[e] = 0 }
      dy[target] = -1 / (y[target] + Real(loss.epsilon))
    case .logits:
      let largest = y.max() ?? 0
      var total: Real = 0
      for e in y.indices {
        dy[e] = Real.exp(y[e] - largest)
        total += dy[e]
      }
      for e in y.indices { dy[e] /= total }
      dy[target] -= 1
    }
  }
}
