import InductionModel
import MarkovChains

/// What a model attends to at one length of the context: how much of its second layer is on positions that match on S*,
/// and which induction head it is nearest to.
public struct FeatureLearning: Sendable {
  /// L.
  public let context: Int
  public let predictor: String
  /// Attention to positions l with x_{l−s} = x_{L+1−s} for all s ∈ S*, over sequences that have a key of this kind.
  public let mass: SampleMean
  /// Mass minus that of the whole model, the mean over its seeds, sequence by sequence; nil where there is no whole
  /// model.
  public let difference: SampleMean?
  /// Whose GIH(S) the predictions are nearest to; nil for the chance that attention without a direction has.
  public let nearest: LimitDistances.Entry?
}

/// Measures feature learning on the first sequences of a trial: attention is found position by position, in O(L) or more
/// each.
struct FeatureProbe {
  private let trial: Trial
  private let heads: [(set: LagSet, predictions: Predictions)]
  /// The sequences of which a key matches on S*.
  private let sequences: [ArraySlice<UInt16>]
  /// Where they match.
  private let matches: [LagMatches]
  /// The share of keys that match.
  private let chance: [Double]

  private static let most = 512

  /// - Parameter heads: what the induction heads predict on the trial's sequences.
  init(
    _ trial: Trial, selected: LagSet, _ definition: ModelDefinition,
    heads: [(set: LagSet, predictions: Predictions)]
  ) {
    self.trial = trial
    self.heads = heads
    let first = definition.variant.keys == .all ? 0 : definition.reach
    let keys = trial.context - first
    let isKey = (0..<trial.context).map { $0 < first ? 0.0 : 1 }
    var (sequences, matches, chance) = ([ArraySlice<UInt16>](), [LagMatches](), [Double]())
    for row in 0..<min(Self.most, trial.fresh.sequences.count) {
      var places = LagMatches(of: [selected], tokens: trial.fresh.sequences.tokens)
      let sequence = trial.fresh.sequences[row]
      places.read(sequence.dropLast())
      let matching = places.mass(isKey, onSet: 0)
      guard matching > 0 else { continue }
      sequences.append(sequence)
      matches.append(places)
      chance.append(matching / Double(keys))
    }
    (self.sequences, self.matches, self.chance) = (sequences, matches, chance)
  }

  /// Attention to matching positions, by sequence; nil for a predictor without attention.
  private func masses(_ predictor: Predictor) -> [Double]? {
    var masses: [Double] = []
    for (sequence, places) in zip(sequences, matches) {
      guard let attention = predictor.attention(sequence) else { return nil }
      masses.append(places.mass(attention, onSet: 0))
    }
    return masses
  }

  /// - Parameter whole: the predictors of the whole model, one a seed.
  /// - Returns: chance, then each of the predictors that attends; none where no sequence has a match.
  func rows(_ predictors: [Predictor], whole: [Predictor]) throws -> [FeatureLearning] {
    guard !sequences.isEmpty else { return [] }
    let references = whole.compactMap { masses($0) }
    let reference = sequences.indices.map { row in
      references.reduce(0) { $0 + $1[row] } / Double(references.count)
    }
    func row(_ name: String, _ masses: [Double], _ nearest: LimitDistances.Entry?) -> FeatureLearning {
      FeatureLearning(
        context: trial.context, predictor: name, mass: SampleMean(masses),
        difference: references.isEmpty ? nil : SampleMean(zip(masses, reference).map { $0 - $1 }),
        nearest: nearest)
    }
    return [row("chance", chance, nil)]
      + (try predictors.compactMap { predictor in
        guard let masses = masses(predictor) else { return nil }
        let distances = LimitDistances(
          context: trial.context, of: try predictor.predictions(trial), from: heads)
        return row(predictor.name, masses, distances.nearest)
      })
  }
}
