import Foundation
import MarkovChains

/// How far predictions are from those of another, by sequence.
extension Predictions {
  /// ½ Σ_e |y(e) − z(e)|, in 0...1 for laws.
  func totalVariation(from other: Predictions) -> [Double] {
    zip(self, other).map { zip($0, $1).reduce(0) { $0 + abs($1.0 - $1.1) } / 2 }
  }

  /// KL(z‖y) = Σ_e z(e) log(z(e)/y(e)) in nats, z being these. Infinite where y is not positive and z is.
  func divergence(from model: Predictions) -> [Double] {
    zip(self, model).map { law, prediction in
      zip(law, prediction).reduce(0) { sum, pair in
        guard pair.0 > 0 else { return sum }
        return pair.1 > 0 ? sum + pair.0 * log(pair.0 / pair.1) : .infinity
      }
    }
  }

  /// The law (y + ε)/Σ(y + ε).
  func smoothed(by epsilon: Double) -> Predictions {
    Predictions(
      values: flatMap { row in
        let total = row.reduce(0) { $0 + $1 + epsilon }
        return row.map { ($0 + epsilon) / total }
      }, tokens: tokens)
  }

  /// The probability under a law of the token that is given most; of equal ones the mean.
  func accuracy(under laws: Predictions) -> [Double] {
    zip(self, laws).map { row, law in
      let most = row.max() ?? 0
      let best = zip(row, law).filter { $0.0 == most }
      return best.reduce(0) { $0 + $1.1 } / Double(best.count)
    }
  }
}
