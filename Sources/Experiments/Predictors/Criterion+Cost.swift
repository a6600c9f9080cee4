import Foundation
import InductionModel

extension Loss.Criterion {
  /// Of a prediction on average over the law of the next token.
  func cost(
    _ prediction: some Collection<Double>, law: some Collection<Double>, epsilon: Double
  ) -> Double {
    switch self {
    case .crossEntropy:
      return zip(law, prediction).reduce(0) { $1.0 > 0 ? $0 - $1.0 * log($1.1 + epsilon) : $0 }
    case .logits:
      let total = log(prediction.reduce(0) { $0 + exp($1) })
      return zip(law, prediction).reduce(0) { $0 - $1.0 * ($1.1 - total) }
    }
  }
}
