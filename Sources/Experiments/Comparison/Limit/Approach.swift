import MarkovChains

/// How the distance to the limiting induction head falls with time, in theory and in training: the arrow to GIH(S*).
public struct Approach: Sendable {
  public struct Row: Sendable {
    public let time: Double
    /// E TV to GIH(S*) at the training length.
    public let theory: SampleMean
    /// The same of each seed.
    public let bySeed: [SampleMean]

    /// Over the seeds.
    public var training: SampleMean { SampleMean(bySeed.map(\.mean)) }
  }

  /// S*.
  public let set: LagSet
  public let rows: [Row]

  private static let halvings = 6

  /// At the measured times nearest to the end and to ever halved times, where theory and every seed have them.
  init(
    _ probe: LimitProbe, to set: LagSet, theory: TrajectoryTable, seeds: [TrajectoryTable], end: Double
  ) throws {
    self.set = set
    let measured = (seeds.first?.times ?? []).filter { $0 <= end * (1 + 1e-9) }
    let wanted = (0...Self.halvings).compactMap { halving -> Double? in
      let time = end / Double(1 << halving)
      return measured.min { abs($0 - time) < abs($1 - time) }
    }
    func distance(_ table: TrajectoryTable, _ side: LimitProbe.Side, _ time: Double) throws -> SampleMean? {
      try probe.point(table, side, at: time).flatMap { try probe.totalVariation(of: $0, from: set) }
    }
    rows = try Set(wanted).sorted().compactMap { time in
      let bySeed = try seeds.compactMap { try distance($0, .training, time) }
      guard let flow = try distance(theory, .theory, time), bySeed.count == seeds.count else { return nil }
      return Row(time: time, theory: flow, bySeed: bySeed)
    }
  }

  var json: JSON {
    .object([
      "set": .optional(set),
      "rows": .array(
        rows.map { row in
          .object(
            [(key: "time", value: .number(row.time))] + row.theory.members("theory")
              + row.training.members("training"))
        }),
    ])
  }
}
