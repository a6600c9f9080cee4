import InductionModel

/// The parameters as the layers use them: w as attention weights σ, c as shares p, and a.
///
/// The same shape holds the loss's derivatives by them.
struct LayerWeights<Real: TrainingScalar>: Sendable {
  let shape: PassShape
  /// σ, [depth][head][lag 1...W]; zero where the head does not see the lag or the position has none.
  var copier: [Real]
  /// p, [set].
  var shares: [Real]
  /// a.
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

  /// All numbers in one row: copier, shares, scale. What partial sums of gradients are kept in.
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
        let seen = Self.seenLags(shape, depth: depth, head: head)
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
        let seen = Self.seenLags(shape, depth: depth, head: head)
        let mean = seen.reduce(0.0) { $0 + copier[row + $1 - 1] * gradient.copier[row + $1 - 1] }
        for lag in seen {
          result.attention[head][lag - first] +=
            copier[row + lag - 1] * (gradient.copier[row + lag - 1] - mean)
        }
      }
    }
    let mean = zip(shares, gradient.shares).reduce(0.0) { $0 + $1.0 * $1.1 }
    let coefficients = parameters.coefficients
    switch shape.definition.variant.coefficients {
    case .square:
      let total = coefficients.reduce(0) { $0 + $1 * $1 }
      for set in coefficients.indices {
        result.coefficients[set] = 2 * coefficients[set] / total * (gradient.shares[set] - mean)
      }
    case .softmax:
      for set in coefficients.indices {
        result.coefficients[set] = shares[set] * (gradient.shares[set] - mean)
      }
    case .absolute:
      let total = coefficients.reduce(0) { $0 + abs($1) }
      for set in coefficients.indices {
        let sign = coefficients[set] < 0 ? -1.0 : coefficients[set] > 0 ? 1 : 0
        result.coefficients[set] = sign / total * (gradient.shares[set] - mean)
      }
    }
    result.scale = gradient.scale
    return result
  }

  /// The lags that a head sees and that a position of this depth has.
  private static func seenLags(_ shape: PassShape, depth: Int, head: Int) -> Range<Int> {
    let lags = shape.definition.lags(ofHead: head + 1)
    return lags.lowerBound..<max(lags.lowerBound, min(lags.upperBound, shape.lags(atDepth: depth)) + 1)
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
