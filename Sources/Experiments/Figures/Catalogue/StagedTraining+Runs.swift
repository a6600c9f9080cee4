extension StagedTraining {
  /// One group of parameters after the other: the analysis of the paper.
  static let threeStages = StagedTraining(
    name: "three-stages",
    title: "Training in three stages follows the derived flow",
    caption: """
      Infinite-context flow (lines) and the transformer trained by SGD at L = 1000 (points: means over seeds, bars: standard \
      errors) from the same start: the coefficients select the parents' set {1,2}, then its heads attend to their own lags, \
      then the scale a grows. Below, the attention of each head (row) to each lag (column) at the start and at the end.
      """,
    stages: [
      Stage(trained: [.coefficients], full: 1000, quick: 60),
      Stage(trained: [.attention], full: 1000, quick: 60), Stage(trained: [.scale], full: 1000, quick: 60),
    ],
    initial: "{own: 2, other: 0, coefficients: 1, scale: 1}", rate: 2)

  /// All at once, from a scale near 0.
  static let simultaneous = StagedTraining(
    name: "simultaneous",
    title: "Trained all at once, the three stages come in the same order",
    caption: """
      Everything trains from the start, in the infinite-context flow (lines) and by SGD at L = 1000 (points: means over seeds, \
      bars: standard errors): a plateau while the scale a grows from nothing, then the set {1,2} wins within some fifty units \
      of time while its heads turn to their own lags. Head 3 stops half way, as the sets that need it lose.
      """,
    stages: [Stage(trained: [.coefficients, .attention, .scale], full: 400, quick: 60)],
    initial: "{own: 1, other: 0, coefficients: 1, scale: 0.01}", rate: 1)

  /// The first two stages of the paper in one.
  static let twoStages = StagedTraining(
    name: "two-stages",
    title: "Coefficients and attention train together, then the scale",
    caption: """
      The first two stages of the analysis in one, then the third, in the infinite-context flow (lines) and by SGD at L = 1000 \
      (points: means over seeds, bars: standard errors). Selection takes half as long as with the coefficients alone: the heads \
      of {1,2} sharpen while its share grows, and each helps the other.
      """,
    stages: [
      Stage(trained: [.coefficients, .attention], full: 1000, quick: 60),
      Stage(trained: [.scale], full: 1000, quick: 60),
    ],
    initial: "{own: 2, other: 0, coefficients: 1, scale: 1}", rate: 2)
}
