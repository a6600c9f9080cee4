import Foundation
import MarkovChains

/// Distances between predicted laws of the next token.
enum ModelDistance {
  /// ½ Σ_e |y(e) − z(e)|, in 0...1, by sequence.
  static func totalVariation(_ left: Predictions, _ right: Predictions) -> [Double] {
    zip(left, right).map { zip($0, $1).reduce(0) { $0 + abs($1.0 - $1.1) } / 2 }
  }

  /// KL(z‖y) = Σ_e z(e) log(z(e)/y(e)) in nats, by sequence: of the estimator's law against the model's, which has no
  /// zeros where the estimator has none. Infinite for a linear second layer whose y is not positive.
  static func divergence(of estimator: Predictions, from model: Predictions) -> [Double] {
    zip(estimator, model).map { law, prediction in
      zip(law, prediction).reduce(0) { sum, pair in
        guard pair.0 > 0 else { return sum }
        return pair.1 > 0 ? sum + pair.0 * log(pair.0 / pair.1) : .infinity
      }
    }
  }
}
