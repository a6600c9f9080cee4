import InductionModel
import MarkovChains
import Transformer

/// Something that says what comes next: a model at a point, an induction head, an estimator, the true kernel.
public struct Predictor: Sendable {
  /// As tables write it; no comma.
  public let name: String
  /// One row for each sequence of a trial.
  let predictions: @Sendable (Trial) throws -> Predictions
  /// Where it attends on a sequence x_1...x_{L+1}, as weights of the positions 1...L; nil for one without attention.
  let attention: @Sendable (ArraySlice<UInt16>) -> [Double]?

  init(
    _ name: String, attention: @escaping @Sendable (ArraySlice<UInt16>) -> [Double]? = { _ in nil },
    predictions: @escaping @Sendable (Trial) throws -> Predictions
  ) {
    (self.name, self.attention, self.predictions) = (name, attention, predictions)
  }
}

extension Predictor {
  /// The law that each sequence's own kernel gives.
  static let trueKernel = Predictor("true kernel") { $0.laws }

  static func estimator(_ name: String, _ estimator: InContextEstimator) -> Predictor {
    Predictor(name) { estimator.predictions(on: $0.fresh.sequences, threads: $0.pool.threads) }
  }

  /// GIH(S) over the keys of a model.
  static func inductionHead(_ set: LagSet, _ definition: ModelDefinition, name: String? = nil) -> Predictor {
    estimator(
      name ?? "GIH \(set.braced)",
      .inductionHead(set, window: definition.variant.keys == .all ? 0 : definition.reach))
  }

  /// - Parameter parameters: in the order of the model's space.
  static func model(_ name: String, _ model: any TrainableModel, at parameters: [Double]) -> Predictor {
    Predictor(
      name, attention: { model.attention(on: $0)?(parameters).keys },
      predictions: { try $0.batch(for: model).evaluate(at: parameters, .predictions).predictions })
  }
}

extension LagSet {
  /// `{1 2}`: as tables write it, without commas.
  var braced: String { "{\(label)}" }
}
