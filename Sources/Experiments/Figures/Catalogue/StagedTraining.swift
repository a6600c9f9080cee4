import InductionModel
import ParameterSpaces

/// Everything that trains, in stages, in theory and in training: the paper's runs. Which stages there are is all that they
/// differ in.
struct StagedTraining: Figure {
  let name: String
  let title: String
  let caption: String
  let stages: [Stage]
  /// YAML.
  let initial: String
  let rate: Int

  struct Stage {
    let trained: [ParameterGroup]
    /// t at both extents.
    let full, quick: Int
  }

  func configuration(_ extent: FigureExtent) -> String {
    let (context, batch, points, kernels) =
      switch extent {
      case .full: (1000, 256, 121, 64)
      case .quick: (200, 32, 13, 8)
      }
    func list(_ end: (Int) -> String) -> String {
      stages.map { stage in
        let groups = stage.trained.map(\.rawValue).joined(separator: ", ")
        return "{train: [\(groups)], \(end(extent == .full ? stage.full : stage.quick))}"
      }.joined(separator: ", ")
    }
    return """
      name: \(name)
      source: {tokens: 3, parents: [1, 2], prior: {dirichlet: 0.5, kernels: \(kernels), seed: 1}}
      model: {window: 3, heads: 3, degree: 2, variant: paper}
      initial: \(initial)
      theory:
        level: infinite-context
        stages: [\(list { "until: {time: \($0)}" })]
        output: {points: 2}
      training:
        context: \(context)
        epsilon: 1e-3
        data: {fresh: \(batch)}
        held-out: {count: 512, seed: 2}
        optimizer: {sgd: {rate: \(rate)}}
        stages: [\(list { "steps: \($0 / rate)" })]
        measure: {points: \(points), spacing: linear}
        checkpoints: {points: 2}
        seeds: [1, 2, 3]
        precision: float

      """
  }

  func tables(in workshop: FigureWorkshop) throws -> [FigureTable] {
    var request = ComparisonRequest()
    (request.contexts, request.sequences) = ([], 64)
    let report = try workshop.comparison(request)
    var trajectory = FigureTable(
      "trajectory",
      [
        .init(
          "quantity", "loss, a, share p[S] of the set S of heads, or attention sigma[h j] of head h to lag j"),
        .init("time", "sum of the learning rates", unit: "learning rate × step"),
        .init("theory", "value in the flow; of the loss in nats"),
        .init("training", "mean over the seeds; of the loss in nats"),
        .init("training_se", "its standard error; of the loss with that of the held-out sequences"),
        .init("seeds", "how many"),
      ])
    for curve in report.overlays.flatMap(\.curves) {
      for point in curve.points {
        trajectory.add([
          .word(curve.quantity), .number(point.time), .number(point.theory), .number(point.mean),
          .number(point.standardError), .integer(point.seeds),
        ])
      }
    }
    return [trajectory, stages(of: report.configuration.theory)]
  }

  private func stages(of theory: TheoryConfiguration) -> FigureTable {
    var table = FigureTable(
      "stages",
      [
        .init("trained", "what the stage trains"),
        .init("begins", "when", unit: "learning rate × step"),
        .init("ends", "when", unit: "learning rate × step"),
      ])
    var begin = 0.0
    for stage in theory.stages {
      let end = begin + stage.until.time
      table.add([
        .word(stage.train.map(\.rawValue).sorted().joined(separator: " + ")), .number(begin), .number(end),
      ])
      begin = end
    }
    return table
  }

  let drawing = #"""
    runs = {name: rows for name, rows in trajectory.groupby("quantity", sort=False)}
    sets = [name for name in runs if name.startswith("p[")]
    colors = {"p[1 2]": "#000000", "p[1]": "#0072B2", "p[2]": "#D55E00", "p[3]": "#009E73",
              "p[1 3]": "#E69F00", "p[2 3]": "#56B4E9", "p[]": "#CC79A7"}


    def overlay(axes, name, color, label=None, style="-", points=None):
        rows = runs[name]
        axes.plot(rows.time, rows.theory, style, color=color, label=label)
        rows = rows[::2]
        axes.errorbar(rows.time, rows.training, rows.training_se, fmt="o", markersize=2.2, color=color,
                      markerfacecolor="white", markeredgewidth=0.7, elinewidth=0.8, label=points)


    def attention(row, column):
        names = [[f"sigma[{head} {lag}]" for lag in (1, 2, 3)] for head in (1, 2, 3)]
        return np.array([[runs[name][column].iloc[row] for name in line] for line in names])


    fig = plt.figure(figsize=(3.4, 6.2))
    grid = fig.add_gridspec(4, 3, height_ratios=[1.3, 0.8, 0.8, 0.85])
    shares, weights, scale = [fig.add_subplot(grid[row, :]) for row in range(3)]
    for name in sets:
        members = name[2:-1].replace(" ", ",")
        overlay(shares, name, colors[name], rf"$\{{{members}\}}$" if members else r"$\emptyset$")
    shares.set(ylim=(-0.03, 1.05), ylabel="share, $p_S$")
    shares.legend(title="heads $S$", ncols=2, loc="center right", frameon=True, framealpha=1, edgecolor="white")
    for head, style in zip((1, 2, 3), ("-", "--", "-")):
        overlay(weights, f"sigma[{head} {head}]", colors[f"p[{head}]"], f"head {head}", style)
    weights.set(ylim=(None, 1.02), ylabel=r"own-lag weight, $\sigma^h_h$")
    weights.legend(loc="center right", ncols=3, columnspacing=1)
    overlay(scale, "a", "#000000", "flow", points="training")
    scale.legend(loc="lower right")
    scale.set(ylim=(0, None), ylabel="scale, $a$", xlabel="time, learning rate × step")
    for axes in (shares, weights, scale):
        axes.set_xlim(0, stages.ends.max())
        for row in stages.itertuples():
            axes.axvline(row.ends, color="0.7", linewidth=0.6, zorder=0)
        if axes is not scale:
            axes.tick_params(labelbottom=False)
    for row in stages.itertuples():
        shares.text((row.begins + row.ends) / 2, 1.07, row.trained, ha="center", va="bottom", fontsize=8)

    panels = [("start", attention(0, "theory")), ("end, flow", attention(-1, "theory")),
              ("end, training", attention(-1, "training"))]
    for column, (title, values) in enumerate(panels):
        axes = fig.add_subplot(grid[3, column])
        image = axes.imshow(values, vmin=0, vmax=1)
        axes.set_title(title, fontsize=8, loc="center")
        axes.set(xticks=range(3), xticklabels=[1, 2, 3], yticks=range(3), yticklabels=[1, 2, 3], xlabel="lag")
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        if column == 0:
            axes.set_ylabel("head")
        for head in range(3):
            for lag in range(3):
                value = values[head, lag]
                axes.text(lag, head, f"{value:.2f}", ha="center", va="center", fontsize=7,
                          color="black" if value > 0.5 else "white")
    """#
}
