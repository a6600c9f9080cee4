import InductionModel
import MarkovChains

/// How well a predictor does on fresh sequences, on average over the law that each one's own kernel gives the next token.
public struct Score: Sendable {
  public let predictor: String
  /// Under the criterion, in nats: −log(y + ε) or −log softmax(y).
  public let crossEntropy: SampleMean
  /// ½ Σ_e |y(e) − π(e)|, in 0...1.
  public let totalVariation: SampleMean
  /// KL(π‖y_ε) in nats, with the law y_ε = (y + ε)/Σ(y + ε).
  public let divergence: SampleMean
  /// The probability of the token that y gives most, in 0...1; of several the mean.
  public let accuracy: SampleMean
  /// Cross-entropy minus that of the reference, sequence by sequence.
  public let difference: SampleMean
}

/// What predictors are scored by.
struct Scoring {
  /// ε also keeps the divergence of an estimator that gives a token nothing finite.
  let loss: Loss

  /// Cost of each sequence.
  func costs(_ predictions: Predictions, _ laws: Predictions) -> [Double] {
    zip(laws, predictions).map { loss.criterion.cost($1, law: $0, epsilon: loss.epsilon) }
  }

  /// - Parameter reference: costs of what differences are taken to.
  func score(_ predictor: Predictor, in trial: Trial, reference: [Double]) throws -> Score {
    score(predictor.name, try predictor.predictions(trial), trial.laws, reference: reference)
  }

  private func score(_ name: String, _ predictions: Predictions, _ laws: Predictions, reference: [Double])
    -> Score
  {
    let costs = costs(predictions, laws)
    return Score(
      predictor: name, crossEntropy: SampleMean(costs),
      totalVariation: SampleMean(predictions.totalVariation(from: laws)),
      divergence: SampleMean(laws.divergence(from: predictions.smoothed(by: loss.epsilon))),
      accuracy: SampleMean(predictions.accuracy(under: laws)),
      difference: SampleMean(zip(costs, reference).map { $0 - $1 }))
  }
}

extension Experiment {
  /// The loss of training; where its cross-entropy has no ε, with one: without any the cost of a token that its context
  /// lacks is infinite.
  var scoring: Scoring {
    var loss = configuration.loss
    loss.epsilon = configuration.training?.epsilon ?? loss.epsilon
    if loss.epsilon <= 0 { loss.epsilon = 1e-3 }
    return Scoring(loss: loss)
  }
}
