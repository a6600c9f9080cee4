import InductionModel

/// The disentangled model's parameters as its layers use them: w as attention weights σ, c as shares p, and a.
struct LayerWeights<Real: TrainingScalar>: PassWeights {
  let shape: PassShape
  /// σ, [depth][head][lag 1...W]; zero where the head does not see the lag or the position has none.
  var copier: [Real]
  var shares: [Real]
  var scale: Real

  static func zero(_ shape: PassShape) -> Self {
    LayerWeights(
      shape: shape, copier: Array(repeating: 0, count: shape.depths * shape.heads * shape.reach),
      shares: Array(repeating: 0, count: shape.sets), scale: 0)
  }

  func index(depth: Int, head: Int) -> Int { (depth * shape.heads + head) * shape.reach }

  func converted<Other: TrainingScalar>(to type: Other.Type) -> LayerWeights<Other> {
    LayerWeights<Other>(
      shape: shape, copier: copier.map { Other($0) }, shares: shares.map { Other($0) }, scale: Other(scale))
  }

  /// Copier, shares, scale.
  var row: [Double] { (copier + shares + [scale]).map { Double($0) } }

  static func count(_ shape: PassShape) -> Int {
    shape.depths * shape.heads * shape.reach + shape.sets + 1
  }

  init(shape: PassShape, copier: [Real], shares: [Real], scale: Real) {
    self.shape = shape
    self.copier = copier
    self.shares = shares
    self.scale = scale
  }

  /// The inverse of the row.
  init(shape: PassShape, row: some Collection<Real>) {
    let row = Array(row)
    let weights = shape.depths * shape.heads * shape.reach
    self.init(
      shape: shape, copier: Array(row[..<weights]), shares: Array(row[weights..<weights + shape.sets]),
      scale: row[weights + shape.sets])
  }
}

extension LayerWeights<Double> {
  /// Forward: θ → (σ, p, a).
  init(_ parameters: Parameters, shape: PassShape) {
    self = .zero(shape)
    for depth in 0..<shape.depths {
      for head in 0..<shape.heads {
        let seen = shape.seenLags(ofHead: head, depth: depth)
        guard !seen.isEmpty else { continue }
        let first = shape.definition.lags(ofHead: head + 1).lowerBound
        let logits = seen.map { parameters.attention[head][$0 - first] }
        for (lag, weight) in zip(seen, softmax(logits)) {
          copier[index(depth: depth, head: head) + lag - 1] = weight
        }
      }
    }
    shares = Self.shares(parameters.coefficients, shape.definition.variant.coefficients)
    scale = parameters.scale
  }

  /// c → p; they sum to 1.
  static func shares(_ coefficients: [Double], _ variant: Variant.Coefficients) -> [Double] {
    switch variant {
    case .square: normalized(coefficients.map { $0 * $0 })
    case .softmax: softmax(coefficients)
    case .absolute: normalized(coefficients.map(abs))
    }
  }

  /// Backward: derivatives by (σ, p, a) → derivatives by θ.
  ///
  /// dw_j = Σ_depth σ_j (dσ_j − Σ_i σ_i dσ_i), and dc from dp by the variant's definition of a share.
  func parameterGradient(of gradient: LayerWeights<Double>, at parameters: Parameters) -> Parameters {
    var result = Parameters.zero(shape.definition)
    for depth in 0..<shape.depths {
      for head in 0..<shape.heads {
        let row = index(depth: depth, head: head)
        let first = shape.definition.lags(ofHead: head + 1).lowerBound
        let seen = shape.seenLags(ofHead: head, depth: depth)
        let mean = seen.reduce(0.0) { $0 + copier[row + $1 - 1] * gradient.copier[row + $1 - 1] }
        for lag in seen {
          result.attention[head][lag - first] +=
            copier[row + lag - 1] * (gradient.copier[row + lag - 1] - mean)
        }
      }
    }
    result.coefficients = Self.coefficientGradient(
      of: gradient.shares, shares: shares, at: parameters.coefficients, shape.definition.variant.coefficients)
    result.scale = gradient.scale
    return result
  }

  /// dp → dc, at coefficients c whose shares are p.
  static func coefficientGradient(
    of gradient: [Double], shares: [Double], at coefficients: [Double], _ variant: Variant.Coefficients
  ) -> [Double] {
    let mean = zip(shares, gradient).reduce(0.0) { $0 + $1.0 * $1.1 }
    switch variant {
    case .square:
      let total = coefficients.reduce(0) { $0 + $1 * $1 }
      return zip(coefficients, gradient).map { 2 * $0 / total * ($1 - mean) }
    case .softmax:
      return zip(shares, gradient).map { $0 * ($1 - mean) }
    case .absolute:
      let total = coefficients.reduce(0) { $0 + abs($1) }
      return zip(coefficients, gradient).map { coefficient, slope in
        let sign = coefficient < 0 ? -1.0 : coefficient > 0 ? 1 : 0
        return sign / total * (slope - mean)
      }
    }
  }
}

func softmax<Real: TrainingScalar>(_ logits: [Real]) -> [Real] {
  let largest = logits.max() ?? 0
  return normalized(logits.map { Real.exp($0 - largest) })
}

private func normalized<Real: TrainingScalar>(_ weights: [Real]) -> [Real] {
  let total = weights.reduce(0, +)
  return weights.map { $0 / total }
}
