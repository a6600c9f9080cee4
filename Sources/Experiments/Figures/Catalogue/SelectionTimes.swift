import Foundation

/// The first stage: how fast S* wins, and how long it takes.
struct SelectionTimes: Figure {
  let name = "selection-times"
  let title = "How fast a set is selected, and when it has won, beside the closed forms"
  let caption = """
    The coefficients alone train. Left: the slope of log(p/p′), S* against the set whose information comes next, in the \
    infinite-context flow (circles) and in SGD at L = 1000 (crosses; bars: standard errors over seeds), beside 4aΔI/C of the leading \
    order (lines). Right: when S* has nine tenths of the share, beside the replicator equation's solution; none where it takes more \
    than 4000/a. From above: over the scale a, over the gap ΔI of sources drawn anew (a = 0.2), over the logit of each head's own \
    lag (a = 1). The closed forms are first orders in a: they are exact as a → 0, and miss what is of order a where ΔI is smaller.
    """

  private enum Arm: String, CaseIterable {
    case scale, gap, start
  }

  /// A cell: what it varies, and its values of a, α, the source's seed and the own-lag logit.
  private struct Setting {
    let arm: Arm
    var scale = 0.2
    var concentration = 0.5
    var seed = 1
    var own = 2.0
  }

  private func settings(_ extent: FigureExtent) -> [Setting] {
    let (scales, seeds, owns): ([Double], [Int], [Double]) =
      switch extent {
      case .full: ([0.03, 0.06, 0.12, 0.25, 0.5, 1, 2], [2, 3, 4, 5], [0.5, 1, 1.5, 2.2, 3, 4])
      case .quick: ([0.1, 1], [2], [1, 3])
      }
    let priors: [Double] = [0.2, 0.5, 1]
    let gaps = priors.flatMap { prior in
      seeds.map { Setting(arm: .gap, concentration: prior, seed: $0) }
    }
    return scales.map { Setting(arm: .scale, scale: $0) } + gaps
      + owns.map { Setting(arm: .start, scale: 1, own: $0) }
  }

  func configuration(_ extent: FigureExtent) -> String {
    let (kernels, context, batch, seeds) =
      switch extent {
      case .full: (32, 1000, 256, "1, 2, 3")
      case .quick: (4, 100, 32, "1")
      }
    let settings = settings(extent)
    func column(_ key: String, _ value: (Setting) -> String) -> String {
      "{key: '\(key)', list: [\(settings.map(value).joined(separator: ", "))]}"
    }
    // The smaller a, the longer it takes, and the longer steps may be.
    func time(_ setting: Setting) -> String { "\(Self.cap(setting))" }
    func rate(_ setting: Setting) -> String { "\(2 / setting.scale)" }
    let until = "until: {time: 1, share: \(Self.won)}"
    let columns = [
      column("initial.scale") { "\($0.scale)" },
      column("source.prior.dirichlet") { "\($0.concentration)" },
      column("source.prior.seed") { "\($0.seed)" }, column("initial.own") { "\($0.own)" },
      column("theory.stages[0].until.time", time), column("training.stages[0].until.time", time),
      column("training.optimizer.sgd.rate", rate),
    ]
    return """
      base:
        name: \(name)
        source: {tokens: 3, parents: [1, 2], prior: {kernels: \(kernels)}}
        model: {window: 3, heads: 3, degree: 2, variant: paper}
        initial: {other: 0, coefficients: 1}
        theory:
          stages: [{train: [coefficients], \(until)}]
          output: {points: 200}
        training:
          context: \(context)
          epsilon: 1e-3
          data: {fresh: \(batch)}
          held-out: {count: 64}
          optimizer: {sgd: {rate: 1}}
          stages: [{train: [coefficients], \(until)}]
          measure: {points: 200}
          checkpoints: {points: 2}
          seeds: [\(seeds)]
          precision: float
      run: compare
      compare: {sequences: 2, lengths: []}
      axes: [{zip: [\(columns.joined(separator: ", "))]}]

      """
  }

  /// How long a cell may take.
  private static func cap(_ setting: Setting) -> Double { 4000 / setting.scale }
  /// The share at which S* has won.
  private static let won = 0.9
  /// Sets of at most two of three heads, all with c = 1 at the start: C.
  private static let sets = 7.0

  func tables(in workshop: FigureWorkshop) throws -> [FigureTable] {
    var table = FigureTable(
      "selection",
      [
        .init("varied", "what the row belongs to: scale, gap or start"),
        .init("scale", "a"),
        .init("dirichlet", "α of the kernels' rows"),
        .init("seed", "of the kernels"),
        .init("own", "logit of each head's own lag, above those of the others"),
        .init("selected", "S*"),
        .init("rival", "share of the set whose information comes next at the start"),
        .init("gap", "ΔI, information of S* at the start above that of the rival"),
        .init(
          "slope_predicted", "4aΔI/C, of log(p of S*/p of the rival)", unit: "1 / (learning rate × step)"),
        .init("slope_flow", "the same in the flow", unit: "1 / (learning rate × step)"),
        .init(
          "slope_training", "the same in training, mean over the seeds", unit: "1 / (learning rate × step)"),
        .init("slope_training_se", "its standard error", unit: "1 / (learning rate × step)"),
        .init(
          "time_predicted", "at which S* has a share of 0.9, by the replicator equation",
          unit: "learning rate × step"),
        .init("time_flow", "the same in the flow", unit: "learning rate × step"),
        .init("time_training", "the same in training, mean over the seeds", unit: "learning rate × step"),
        .init("time_training_se", "its standard error", unit: "learning rate × step"),
      ])
    for (setting, cell) in zip(settings(workshop.extent), try workshop.cells()) {
      let slopes = Slope.all(in: cell.summary)
      guard let rival = slopes.min(by: { $0.form.predicted < $1.form.predicted }) else { continue }
      let ends = cell.summary["limit"]
      let seeds = ends?["training"]?["seeds"]?.entries ?? []
      let cap = Self.cap(setting)
      func won(_ time: Double?) -> Double? { time.flatMap { $0 < cap ? $0 : nil } }
      let times = seeds.compactMap { won($0["time"]?.double) }
      let mean = times.count == seeds.count ? SampleMean(times) : nil
      table.add([
        .word(setting.arm.rawValue), .number(setting.scale), .number(setting.concentration),
        .integer(setting.seed), .number(setting.own),
        .word("{\(Self.lags(cell.summary["information_set"]))}"),
        .word(rival.share), .number(rival.form.predicted * Self.sets / (4 * setting.scale)),
        .number(rival.form.predicted), .number(rival.form.flow), .number(rival.form.training),
        .number(rival.form.trainingError),
        .number(Slope.time(slopes.map(\.form.predicted), share: Self.won)),
        .number(won(ends?["theory"]?["time"]?.double)), .number(mean?.mean), .number(mean?.standardError),
      ])
    }
    return [table]
  }

  private static func lags(_ set: JSON?) -> String {
    (set?.entries ?? []).compactMap(\.whole).map(String.init).joined(separator: ",")
  }

  let drawing = #"""
    rows = {"scale": ("scale, $a$", "log"), "gap": (r"gap, $\Delta I$", "log"), "start": ("own-lag logit", "linear")}
    fig, grid = plt.subplots(3, 2, figsize=(3.4, 5.2))
    for line, (varied, (label, spacing)) in zip(grid, rows.items()):
        data = selection[selection.varied == varied].copy()
        data["x"] = data[{"scale": "scale", "gap": "gap", "start": "own"}[varied]]
        data = data.sort_values("x")
        for axes, quantity in zip(line, ["slope", "time"]):
            if varied == "gap" and quantity == "time":
                axes.plot(data.x, data.time_predicted, "_", color="0.3", markersize=7, markeredgewidth=1.2)
            else:
                predicted = data[f"{quantity}_predicted"]
                axes.plot(data.x, predicted.where(predicted > 0), color="0.3", linewidth=1)
            axes.plot(data.x, data[f"{quantity}_flow"], "o", color="#0072B2", markerfacecolor="white", markersize=4)
            axes.errorbar(data.x, data[f"{quantity}_training"], data[f"{quantity}_training_se"].fillna(0), fmt="x",
                          color="#D55E00", markersize=3.5, elinewidth=0.8)
            axes.set(xscale=spacing, yscale="log", xlabel=label)
            axes.yaxis.set_minor_formatter(plt.NullFormatter())
    grid[0][0].set_title("slope of $\\log(p/p')$", fontsize=8)
    grid[0][1].set_title("time until $p = 0.9$", fontsize=8)
    for line in grid:
        line[0].set_ylabel("1 / time")
        line[1].set_ylabel("time")
    handles = [plt.Line2D([], [], color="0.3", linewidth=1),
               plt.Line2D([], [], color="#0072B2", marker="o", linestyle="none", markerfacecolor="white", markersize=4),
               plt.Line2D([], [], color="#D55E00", marker="x", linestyle="none")]
    fig.legend(handles, ["closed form", "flow", "SGD"], loc="outside upper center", ncols=3)
    """#
}

/// A closed form of the first stage.
private struct Slope {
  /// Of the set that S* is compared with, such as `p[1]`.
  let share: String
  let form: ComparedForm

  static func all(in summary: JSON) -> [Slope] {
    ComparedForm.all(in: summary).compactMap { form in
      guard form.name.hasPrefix("slope of log("),
        let rival = form.name.split(separator: "/").last?.split(separator: ")").first
      else { return nil }
      return Slope(share: String(rival), form: form)
    }
  }

  /// When p_{S*} has grown to a share, all shares being the same at the start and log(p_{S*}/p_S) growing with these slopes:
  /// p_{S*}(t) = 1/(1 + Σ_S exp(−slope_S t)).
  ///
  /// - Returns: nil where it never does.
  static func time(_ slopes: [Double], share: Double) -> Double? {
    guard let least = slopes.min(), least > 0 else { return nil }
    func grown(_ time: Double) -> Double { 1 / (1 + slopes.reduce(0) { $0 + exp(-$1 * time) }) }
    // At the latest when the slowest alone would be due, times the number of them.
    var (low, high) = (0.0, log(Double(slopes.count) * share / (1 - share)) / least)
    for _ in 0..<200 where high - low > 1e-12 * high {
      let middle = (low + high) / 2
      if grown(middle) < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
