import InductionModel

/// The full model's parameters as its layers use them: queries and keys as scores, c as shares.
struct FullWeights<Real: TrainingScalar>: PassWeights {
  let shape: PassShape
  /// w, [head][lag that it sees].
  var position: [Real]
  /// A^h = Q^h K^hᵀ, [head][token that attends][token attended to].
  var scores: [Real]
  /// V^h, [head][token][feature].
  var values: [Real]
  /// γ and β, [feature].
  var gain: [Real]
  var bias: [Real]
  var shares: [Real]
  var scale: Real

  static func zero(_ shape: PassShape) -> Self {
    let (heads, d) = (shape.heads, shape.tokens)
    func zeros(_ count: Int) -> [Real] { Array(repeating: 0, count: count) }
    return FullWeights(
      shape: shape, position: zeros(heads * shape.definition.window), scores: zeros(heads * d * d),
      values: zeros(heads * d * d), gain: zeros(d), bias: zeros(d), shares: zeros(shape.sets), scale: 0)
  }

  static func count(_ shape: PassShape) -> Int {
    let d = shape.tokens
    return shape.heads * (shape.definition.window + 2 * d * d) + 2 * d + shape.sets + 1
  }

  var row: [Double] {
    (position + scores + values + gain + bias + shares + [scale]).map { Double($0) }
  }

  func converted<Other: TrainingScalar>(to type: Other.Type) -> FullWeights<Other> {
    FullWeights<Other>(
      shape: shape, position: position.map { Other($0) }, scores: scores.map { Other($0) },
      values: values.map { Other($0) }, gain: gain.map { Other($0) }, bias: bias.map { Other($0) },
      shares: shares.map { Other($0) }, scale: Other(scale))
  }
}

extension FullWeights<Double> {
  /// Forward: θ → (w, A, V, γ, β, p, a).
  init(_ parameters: FullParameters, shape: PassShape) {
    let d = shape.tokens
    self = .zero(shape)
    position = parameters.position
    for head in 0..<shape.heads {
      let first = head * d * d
      for row in 0..<d {
        for column in 0..<d {
          var score = 0.0
          for e in 0..<d {
            score += parameters.query[first + row * d + e] * parameters.key[first + column * d + e]
          }
          scores[first + row * d + column] = score
        }
      }
    }
    values = parameters.value
    (gain, bias) = (parameters.gain, parameters.bias)
    shares = LayerWeights.shares(parameters.coefficients, shape.definition.variant.coefficients)
    scale = parameters.scale
  }

  /// Backward: derivatives by (w, A, V, γ, β, p, a) → derivatives by θ: dQ = dA K, dK = dAᵀ Q.
  func parameterGradient(of gradient: FullWeights<Double>, at parameters: FullParameters) -> FullParameters {
    let d = shape.tokens
    var result = FullParameters.zero(shape.definition)
    result.position = gradient.position
    for head in 0..<shape.heads {
      let first = head * d * d
      for row in 0..<d {
        for column in 0..<d {
          let slope = gradient.scores[first + row * d + column]
          for e in 0..<d {
            result.query[first + row * d + e] += slope * parameters.key[first + column * d + e]
            result.key[first + column * d + e] += slope * parameters.query[first + row * d + e]
          }
        }
      }
    }
    result.value = gradient.values
    (result.gain, result.bias) = (gradient.gain, gradient.bias)
    result.coefficients = LayerWeights.coefficientGradient(
      of: gradient.shares, shares: shares, at: parameters.coefficients, shape.definition.variant.coefficients)
    result.scale = gradient.scale
    return result
  }

  /// The inverse of the row.
  init(shape: PassShape, row: [Double]) {
    self = .zero(shape)
    var rest = row[...]
    func take(_ count: Int) -> [Double] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    position = take(position.count)
    scores = take(scores.count)
    values = take(values.count)
    gain = take(gain.count)
    bias = take(bias.count)
    shares = take(shares.count)
    scale = rest.first ?? 0
  }
}
