import InductionModel
import MarkovChains
import Theory

/// Where one run ended: the induction head that its model is nearest to, its parameters, a verdict.
public struct LimitReport: Sendable {
  public let time: Double
  /// At the training length first, then at the others.
  public let distances: [LimitDistances]
  /// S*; nil where the laws of the windows do not fit in memory.
  public let informationSet: LagSet?
  /// The set of heads of the largest share; ∅ of a model without shares. What a model does not have is NaN.
  public let winner: HeadSet
  public let share: Double
  /// The least weight that the winner's heads give their own lags; 1 for ∅.
  public let attention: Double
  public let scale: Double
  /// Largest relative change of C along the run; nil where the coefficients have no such sum.
  public let drift: Double?
  /// Why C has changed by more than theory's equation lets it; nil where it has not.
  public let driftReason: LimitVerdict.Reason?
  /// Of a flow whose level does not hold everywhere.
  public let range: RangeReport?
  public let verdict: LimitVerdict
}

extension LimitReport {
  init(
    _ trajectory: TrajectoryTable, _ side: LimitProbe.Side, _ probe: LimitProbe, informationSet: LagSet?,
    range: RangeReport?,
    _ conservation: Conservation, thresholds: LimitThresholds
  ) throws {
    let model = probe.experiment.model
    let last = trajectory.times.count - 1
    time = trajectory.times[last]
    distances = try probe.distances(of: probe.end(trajectory, side))
    self.informationSet = informationSet
    let quantities = NamedQuantities(model) { trajectory.value($0, last) }
    (winner, share) = quantities.leader ?? (.empty, .nan)
    attention = quantities.leastOwnWeight(winner) ?? .nan
    scale = quantities.scale ?? .nan
    drift = trajectory.coefficientDrift(model)
    let expectedDrift = conservation.expectedDrift(until: trajectory.times[last])
    driftReason = drift.flatMap { $0 - expectedDrift > thresholds.drift ? conservation.reason($0) : nil }
    self.range = range
    if let range, range.departure != nil {
      verdict = .failed([.outsideRange(range)])
      return
    }
    verdict = LimitVerdict(
      nearest: distances.first?.nearest, informationSet: informationSet, winner: winner, share: share,
      attention: attention, scale: scale, scaleChange: trajectory.recentScaleChange ?? .infinity,
      drift: driftReason, thresholds)
  }

  /// The members that stand first: what this run selected, and how near it is.
  var members: [(key: String, value: JSON)] {
    let nearest = distances.first?.nearest
    return [
      ("set", .optional(nearest?.set)), ("total_variation", .optional(nearest?.totalVariation.mean)),
      ("total_variation_standard_error", .optional(nearest?.totalVariation.standardError)),
      ("divergence", .optional(nearest?.divergence.mean)), ("time", .number(time)),
      ("winner", .array(winner.members.map { .integer($0) })), ("share", .number(share)),
      ("attention", .number(attention)), ("scale", .number(scale)), ("drift", .optional(drift)),
      ("range", range?.json ?? .null), ("verdict", verdict.json),
      ("distances", .array(distances.map(\.json))),
    ]
  }
}

extension LimitDistances {
  var json: JSON {
    .object([
      "context": .integer(context),
      "sets": .array(
        entries.map { entry in
          .object(
            [(key: "set", value: JSON.optional(entry.set))] + entry.totalVariation.members("total_variation")
              + entry.divergence.members("divergence"))
        }),
    ])
  }
}

extension JSON {
  static func optional(_ set: LagSet?) -> JSON {
    set.map { .array($0.members.map { .integer($0) }) } ?? .null
  }
}

extension LimitVerdict {
  fileprivate init(
    nearest: LimitDistances.Entry?, informationSet: LagSet?, winner: HeadSet, share: Double,
    attention: Double, scale: Double, scaleChange: Double, drift: Reason?, _ thresholds: LimitThresholds
  ) {
    let isNear = (nearest?.totalVariation.mean ?? 1) <= thresholds.totalVariation
    if let nearest, nearest.set == informationSet, isNear {
      self = .reached
      return
    }
    var reasons: [Reason] = informationSet == nil ? [.unknownSet] : []
    if informationSet == nil, isNear {
      self = .failed(reasons)
      return
    }
    let expected = informationSet ?? nearest?.set
    if share >= thresholds.share, winner.members != expected?.members {
      reasons.append(.wrongSet(LagSet(winner.members)))
    } else if share < thresholds.share || attention < thresholds.attention
      || abs(scaleChange) >= thresholds.scaleChange
    {
      reasons.append(.notConverged(share: share, attention: attention, scale: scale))
    } else {
      reasons.append(.finiteContextFloor(scale: scale))
    }
    self = .failed(reasons + (drift.map { [$0] } ?? []))
  }
}

extension TrajectoryTable {
  /// max |C(t) − C(0)| / C(0) with C = Σ c², which the flow conserves for `square` and `absolute`.
  func coefficientDrift(_ model: ModelDefinition, until end: Double = .infinity) -> Double? {
    guard model.variant.coefficients != .softmax else { return nil }
    let columns = model.coefficientNames.compactMap { self[$0] }
    let totals = times.indices.prefix { times[$0] <= end * (1 + 1e-9) }.map { row in
      columns.reduce(0) { $0 + $1[row] * $1[row] }
    }
    guard let first = totals.first, first > 0 else { return nil }
    return totals.map { abs($0 - first) / first }.max()
  }

  /// How much a has changed since half the time; nil where it has not been trained.
  var recentScaleChange: Double? {
    guard let scale = self[ModelDefinition.scaleName], let end = times.last,
      let half = times.lastIndex(where: { $0 <= end / 2 }), scale[scale.count - 1] != scale[0]
    else { return nil }
    return scale[scale.count - 1] - scale[half]
  }
}
