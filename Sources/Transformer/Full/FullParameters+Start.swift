import InductionModel
import MarkovChains

import func Foundation.cos
import func Foundation.log

/// Where training starts.
extension FullParameters {
  /// `own` on each head's own lag and `other` on its other lags; Q, K and V `maps` times the identity; gain 1, bias 0.
  public init(
    model: ModelDefinition, own: Double, other: Double, maps: Double, coefficients: Double, scale: Double
  ) {
    self = .zero(model)
    position = (1...model.heads).flatMap { head in
      model.lags(ofHead: head).map { $0 == model.ownLag(ofHead: head) ? own : other }
    }
    let identity = Self.identityMaps(model, maps)
    (query, key, value) = (identity, identity, identity)
    gain = gain.map { _ in 1 }
    self.coefficients = self.coefficients.map { _ in coefficients }
    self.scale = scale
  }

  /// One map for each head, [head][d][d]: `number` on the diagonal.
  public static func identityMaps(_ model: ModelDefinition, _ number: Double) -> [Double] {
    let d = model.tokens
    return (0..<model.heads * d * d).map { $0 % (d * d) % (d + 1) == 0 ? number : 0 }
  }

  /// One map for each head, [head][d][d], of independent normal numbers.
  ///
  /// - Parameters:
  ///   - deviation: their standard deviation.
  ///   - number: which of the maps that one seed gives.
  public static func normalMaps(_ model: ModelDefinition, deviation: Double, seed: UInt64, number: UInt32)
    -> [Double]
  {
    var generator = CounterGenerator(seed: seed, place: DrawPlace(.parameters), number: number)
    return (0..<model.heads * model.tokens * model.tokens).map { _ in
      // Box and Muller.
      let radius = (-2 * log(generator.uniform())).squareRoot()
      return deviation * radius * cos(2 * .pi * generator.uniform())
    }
  }
}
