/// One point in parameter space, or a vector of its tangent space such as a gradient.
public struct Parameters: Hashable, Sendable {
  /// w, `[head][lag]`, H × M, in the order of the lags that the head sees.
  public var attention: [[Double]]
  /// c, one per set in the order of `ModelDefinition.sets`.
  public var coefficients: [Double]
  /// a.
  public var scale: Double

  public init(attention: [[Double]], coefficients: [Double], scale: Double) {
    self.attention = attention
    self.coefficients = coefficients
    self.scale = scale
  }

  /// `own` on each head's own lag, `other` on its other lags, one value for every coefficient.
  public init(model: ModelDefinition, own: Double, other: Double, coefficients: Double, scale: Double) {
    self.attention = (1...model.heads).map { head in
      model.lags(ofHead: head).map { $0 == model.ownLag(ofHead: head) ? own : other }
    }
    self.coefficients = Array(repeating: coefficients, count: model.sets.count)
    self.scale = scale
  }

  public static func zero(_ model: ModelDefinition) -> Parameters {
    Parameters(model: model, own: 0, other: 0, coefficients: 0, scale: 0)
  }
}

extension Parameters {
  /// w by rows, then c, then a: `ModelDefinition.parameterCount` numbers.
  public var flat: [Double] { attention.flatMap { $0 } + coefficients + [scale] }

  /// The inverse of `flat`.
  public init(flat: some Collection<Double>, model: ModelDefinition) {
    precondition(flat.count == model.parameterCount, "a flat vector has parameterCount components")
    let flat = Array(flat)
    let weights = model.heads * model.window
    self.init(
      attention: stride(from: 0, to: weights, by: model.window).map { Array(flat[$0..<$0 + model.window]) },
      coefficients: Array(flat[weights..<weights + model.sets.count]),
      scale: flat[weights + model.sets.count])
  }
}
