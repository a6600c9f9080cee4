import InductionModel
import MarkovChains

/// What `inflow baselines` found.
public struct BaselinesReport: Sendable {
  public struct Row: Sendable {
    /// L.
    public let context: Int
    /// Differences are to GIH(S*).
    public let score: Score
  }

  public let configuration: Configuration
  /// S*.
  public let selected: LagSet
  public let criterion: Loss.Criterion
  /// Of cross-entropies and divergences.
  public let epsilon: Double
  /// α of posterior means and of the Bayes average.
  public let concentration: Double
  /// Lags of the context tree.
  public let depth: Int
  /// L, ascending.
  public let contexts: [Int]
  /// The length that tables for people show: that of training, or the longest.
  public let mainContext: Int
  /// What each ablation has left, of those that were trained.
  public let ablations: [Ablation]
  public internal(set) var scores: [Row] = []
  public internal(set) var features: [FeatureLearning] = []
  private let request: BaselinesRequest

  init(_ baselines: Baselines, _ models: [MeasuredModel]) {
    let experiment = baselines.experiment
    let scoring = experiment.scoring
    let catalogue = EstimatorCatalogue(experiment, selected: baselines.selected)
    configuration = experiment.configuration
    selected = baselines.selected
    (criterion, epsilon) = (scoring.loss.criterion, scoring.loss.epsilon)
    (concentration, depth) = (catalogue.concentration, catalogue.depth)
    let contexts = baselines.contexts
    self.contexts = contexts
    let own = experiment.configuration.training?.context
    mainContext = own.flatMap { contexts.contains($0) ? $0 : nil } ?? contexts.last ?? 0
    ablations = Ablation.allCases.filter { ablation in models.contains { $0.ablation == ablation } }
    request = baselines.request
  }
}

/// Its files.
extension BaselinesReport {
  /// `baselines.csv`.
  var scoreTable: String {
    let names = ["cross_entropy", "total_variation", "divergence", "accuracy", "difference"]
    let header = ["context", "predictor"] + names.flatMap { [$0, "\($0)_s.e."] }
    return table(
      header,
      scores.map { row in
        let score = row.score
        let means = [
          score.crossEntropy, score.totalVariation, score.divergence, score.accuracy, score.difference,
        ]
        return ["\(row.context)", score.predictor] + means.flatMap(\.fields)
      })
  }

  /// `features.csv`.
  var featureTable: String {
    table(
      [
        "context", "predictor", "mass", "mass_s.e.", "difference", "difference_s.e.", "nearest",
        "total_variation", "total_variation_s.e.",
      ],
      features.map { row in
        ["\(row.context)", row.predictor] + row.mass.fields + (row.difference?.fields ?? ["", ""])
          + [row.nearest?.set.braced ?? ""] + (row.nearest?.totalVariation.fields ?? ["", ""])
      })
  }

  private func table(_ header: [String], _ rows: [[String]]) -> String {
    ([header] + rows).map(CSV.line).joined()
  }

  /// `summary.json`.
  var json: JSON {
    .object([
      "format": .integer(Configuration.format), "name": .string(configuration.name),
      "information_set": .optional(selected), "criterion": .string(criterion.rawValue),
      "epsilon": .number(epsilon), "concentration": .number(concentration),
      "context_tree_depth": .integer(depth),
      "context_tree_smoothing": .number(EstimatorCatalogue.treeSmoothing),
      "contexts": .array(contexts.map { .integer($0) }), "sequences": .integer(request.sequences),
      "seed": .integer(request.seed),
      "ablations": .object(ablations.map { (key: $0.rawValue, value: .string($0.meaning)) }),
    ])
  }
}

extension SampleMean {
  /// Mean and standard error as fields of a table; what is not known is empty.
  var fields: [String] { ["\(mean)", standardError.map { "\($0)" } ?? ""] }
}
