import InductionModel
import MarkovChains

/// The in-context estimators that models are measured beside.
struct EstimatorCatalogue {
  /// S*.
  let selected: LagSet
  /// The source's, and whatever of the lags the model can select.
  let sets: [LagSet]
  /// α of posterior means and of the Bayes average: that of the source's prior, ½ without one.
  let concentration: Double
  /// Lags of the context tree: those that the heads see.
  let depth: Int
  private let definition: ModelDefinition

  /// A table has no more sets than these; beyond, S*, the parents and single lags alone.
  private static let mostSets = 32
  /// Of Krichevsky and Trofimov.
  static let treeSmoothing = 0.5

  init(_ experiment: Experiment, selected: LagSet) {
    definition = experiment.model
    self.selected = selected
    depth = definition.reach
    concentration = experiment.source.prior?.concentration ?? 0.5
    let reachable = definition.reachableSets
    let parents = LagSet(experiment.source.parents)
    let few = reachable.count <= Self.mostSets ? reachable : reachable.filter { $0.count <= 1 } + [selected]
    sets = Set(few + [parents]).sorted()
  }

  /// Those that need a tree, with what it costs.
  var mixtures: [(name: String, estimator: InContextEstimator)] {
    [
      ("Bayes average", .parentAverage(sets, smoothing: concentration)),
      ("context tree", .contextTree(depth: depth, smoothing: Self.treeSmoothing)),
    ]
  }

  /// Counts, posterior means and mixtures.
  var predictors: [Predictor] {
    let means = sets.map { set in
      Predictor.estimator("posterior mean \(set.braced)", .lags(set, smoothing: concentration))
    }
    return [
      .estimator("uniform", .uniform), .estimator("unigram", .lags(.empty, smoothing: 0)),
      .estimator("counts \(selected.braced)", .lags(selected, smoothing: 0)),
    ] + means + mixtures.map { .estimator($0.name, $0.estimator) }
  }
}
