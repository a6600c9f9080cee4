/// Layer 1 of the disentangled model: the copier, and the norm of the variant.
struct CopierHeads<Real: TrainingScalar>: HeadLayer {
  let weights: LayerWeights<Real>
  let positions: [Int]
  private var norms: [Real]  // ‖v‖, [n + 1][H]; only for `l2`

  init(weights: LayerWeights<Real>, positions: [Int]) {
    self.weights = weights
    self.positions = positions
    let shape = weights.shape
    norms = Array(
      repeating: 0,
      count: shape.definition.variant.normalization == .l2 ? positions.count * shape.heads : 0)
  }

  mutating func forward(_ x: ArraySlice<UInt16>, output v: inout [Real]) {
    CopierLayer.forward(weights, tokens: x, positions: positions, output: &v)
    NormalizationLayer.forward(&v, norms: &norms, tokens: weights.shape.tokens)
  }

  func backward(
    _ dv: inout [Real], output v: [Real], tokens x: ArraySlice<UInt16>, gradient: inout LayerWeights<Real>
  ) {
    NormalizationLayer.backward(&dv, normalized: v, norms: norms, tokens: weights.shape.tokens)
    CopierLayer.backward(dv, tokens: x, positions: positions, gradient: &gradient)
  }
}

/// Every head copies the tokens at its lags, v_l^h = Σ_j σ^h_j x_{l−j}, and normalises its output.
///
/// In this file and the others of the folder a layer is a pair of functions, forward and backward, over row-major
/// arrays whose shapes the comments state. n counts the keys; row n of an array over positions is the query.
enum CopierLayer {
  /// σ, tokens → v [n + 1][H][d].
  static func forward<Real: TrainingScalar>(
    _ weights: LayerWeights<Real>, tokens x: ArraySlice<UInt16>, positions: [Int], output v: inout [Real]
  ) {
    let shape = weights.shape
    let start = x.startIndex
    for entry in v.indices { v[entry] = 0 }
    for (row, position) in positions.enumerated() {
      for head in 0..<shape.heads {
        let sigma = weights.index(depth: shape.depth(at: position), head: head)
        let target = (row * shape.heads + head) * shape.tokens
        for lag in 1...shape.reach where lag <= position {
          v[target + Int(x[start + position - lag])] += weights.copier[sigma + lag - 1]
        }
      }
    }
  }

  /// dv [n + 1][H][d] → dσ.
  static func backward<Real: TrainingScalar>(
    _ dv: [Real], tokens x: ArraySlice<UInt16>, positions: [Int], gradient: inout LayerWeights<Real>
  ) {
    let shape = gradient.shape
    let start = x.startIndex
    for (row, position) in positions.enumerated() {
      for head in 0..<shape.heads {
        let sigma = gradient.index(depth: shape.depth(at: position), head: head)
        let source = (row * shape.heads + head) * shape.tokens
        for lag in 1...shape.reach where lag <= position {
          gradient.copier[sigma + lag - 1] += dv[source + Int(x[start + position - lag])]
        }
      }
    }
  }
}

/// v̂ = v/‖v‖, a zero vector staying zero.
enum NormalizationLayer {
  /// v [rows][d] → v̂ in place, and ‖v‖ [rows].
  static func forward<Real: TrainingScalar>(_ v: inout [Real], norms: inout [Real], tokens d: Int) {
    for row in norms.indices {
      var squares: Real = 0
      for entry in row * d..<(row + 1) * d { squares += v[entry] * v[entry] }
      norms[row] = squares.squareRoot()
      guard squares > 0 else { continue }
      for entry in row * d..<(row + 1) * d { v[entry] /= norms[row] }
    }
  }

  /// dv̂ → dv in place: dv = (dv̂ − v̂⟨v̂, dv̂⟩)/‖v‖.
  static func backward<Real: TrainingScalar>(
    _ dv: inout [Real], normalized v: [Real], norms: [Real], tokens d: Int
  ) {
    for row in norms.indices {
      guard norms[row] > 0 else {
        for entry in row * d..<(row + 1) * d { dv[entry] = 0 }
        continue
      }
      var radial: Real = 0
      for entry in row * d..<(row + 1) * d { radial += v[entry] * dv[entry] }
      for entry in row * d..<(row + 1) * d { dv[entry] = (dv[entry] - v[entry] * radial) / norms[row] }
    }
  }
}
