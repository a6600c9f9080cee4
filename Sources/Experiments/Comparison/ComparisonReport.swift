import InductionModel
import MarkovChains
import Theory
import Transformer

/// What a comparison found: `summary.json`.
public struct ComparisonReport: Sendable {
  public let configuration: Configuration
  /// S*; nil where the laws of the windows do not fit in memory.
  public let informationSet: LagSet?
  /// ΔĨ/Ĩ(S*); nil where one of them is not known, or 0.
  public let relativeGap: Double?
  public let overlays: [Overlay]
  public let theoryLimits: [(level: TheoryLevel, report: LimitReport)]
  public let trainingLimits: [(seed: Int, report: LimitReport)]
  public let thresholds: LimitThresholds
  /// E TV between the first level's model and each seed's, both at the last time that they have in common, on fresh
  /// sequences of the training length.
  public let agreement: Agreement
  /// Of the first level's flow and the seeds to GIH(S*), up to that time; nil where S* is unknown.
  public let approach: Approach?
  public let stageTimes: [StageTimes]
  /// Against the first level; none of a model that is not the theory's own.
  public let closedForms: [ClosedForm]
  /// Empty unless it was asked for.
  public internal(set) var ladder: [LadderEdge] = []

  public struct Agreement: Sendable {
    public let time: Double
    public let bySeed: [(seed: Int, totalVariation: SampleMean)]
  }

  init(
    _ comparison: Comparison, theory: [ComparedFlow], seeds: [ComparedTraining.Seed], threads: Int,
    checkpoint: () throws -> Void
  ) throws {
    let experiment = comparison.experiment
    let (model, request) = (experiment.model, comparison.request)
    configuration = experiment.configuration
    thresholds = request.thresholds
    let informationSet = comparison.selected?.set
    relativeGap = comparison.selected.flatMap { selected in
      selected.gap.flatMap { selected.information.mean > 0 ? $0.mean / selected.information.mean : nil }
    }
    let laws = informationSet == nil ? nil : try experiment.windowLaws(threads: threads)
    self.informationSet = informationSet
    let tables = seeds.map(\.table)
    let isOwn = configuration.architecture.definition.theory == .own
    let trained = experiment.trainable
    overlays = try theory.map {
      try Overlay(
        $0.level, theory: $0.table, seeds: tables, model: model, trained: isOwn ? nil : trained)
    }
    let probe = try LimitProbe(
      experiment, contexts: comparison.contexts, count: request.sequences, seed: request.seed,
      pool: WorkerPool(threads: threads))
    let conservation = Conservation(configuration, theory: theory.first?.table)
    func limit(_ table: TrajectoryTable, _ side: LimitProbe.Side, _ range: RangeReport? = nil) throws
      -> LimitReport
    {
      try checkpoint()
      return try LimitReport(
        table, side, probe, informationSet: informationSet, range: range, conservation,
        thresholds: request.thresholds)
    }
    theoryLimits = try theory.map { ($0.level, try limit($0.table, .theory, $0.range)) }
    trainingLimits = try seeds.map { ($0.seed, try limit($0.table, .training)) }
    let end = overlays.first?.end ?? 0
    agreement = Agreement(
      time: end,
      bySeed: try seeds.compactMap { seed in
        guard let ours = theory.first.flatMap({ probe.point($0.table, .theory, at: end) }),
          let theirs = probe.point(seed.table, .training, at: end)
        else { return nil }
        return (seed.seed, try probe.totalVariation(ours, theirs))
      })
    try checkpoint()
    approach = try informationSet.flatMap { set in
      try theory.first.map { try Approach(probe, to: set, theory: $0.table, seeds: tables, end: end) }
    }
    stageTimes = zip(theory, overlays).map { level, overlay in
      StageTimes(level.level, theory: level.table, seeds: tables, model: model, end: overlay.end)
    }
    guard isOwn, let laws, let informationSet, let first = theory.first else {
      closedForms = []
      return
    }
    closedForms =
      try ClosedForms(experiment, laws: laws, selected: informationSet, theory: first.table, seeds: tables)?
      .all() ?? []
  }
}

extension ComparisonReport {
  /// The training's limit in one: the set that most seeds are nearest to, and their mean distance from it.
  private var trainingSummary: [(key: String, value: JSON)] {
    let nearest = trainingLimits.compactMap { $0.report.distances.first?.nearest }
    let votes = Dictionary(grouping: nearest, by: \.set)
    let best = votes.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
    return [
      ("set", .optional(best?.key)),
      (
        "total_variation",
        .optional(best.map { SampleMean($0.value.map(\.totalVariation.mean)).mean })
      ),
      ("seeds_with_this_set", .integer(best?.value.count ?? 0)),
      ("reached", .integer(trainingLimits.filter { $0.report.verdict == .reached }.count)),
      (
        "seeds",
        .array(
          trainingLimits.map { .object([(key: "seed", value: .integer($0.seed))] + $0.report.members) })
      ),
    ]
  }

  public var json: JSON {
    let theory = theoryLimits.first?.report.members ?? []
    return .object([
      "format": .integer(Configuration.format),
      "name": .string(configuration.name),
      "information_set": .optional(informationSet),
      "relative_gap": .optional(relativeGap),
      "overlay": .array(overlays.map(\.json)),
      "limit": .object([
        "thresholds": thresholds.json,
        "theory": .object(theory),
        "training": .object(trainingSummary),
        "approach": approach?.json ?? .null,
        "levels": .array(
          theoryLimits.map {
            .object([(key: "level", value: .string($0.level.rawValue))] + $0.report.members)
          }),
      ]),
      "agreement": .object([
        "time": .number(agreement.time),
        "total_variation": .number(SampleMean(agreement.bySeed.map(\.totalVariation.mean)).mean),
        "seeds": .array(
          agreement.bySeed.map {
            .object([(key: "seed", value: .integer($0.seed))] + $0.totalVariation.members("total_variation"))
          }),
      ]),
      "stage_times": .array(stageTimes.map(\.json)),
      "closed_forms": .array(closedForms.map(\.json)),
      "ladder": .array(ladder.map(\.json)),
    ])
  }
}
