/// The second and the third stage: how attention saturates, and how the scale grows.
struct LaterStages: Figure {
  let name = "later-stages"
  let title = "How attention saturates and the scale grows, beside the closed forms"
  let caption = """
    Trained in three stages, from several scales a. Left, the second stage: (1 − σ) times the time in the stage, at its end, for \
    the own lag of the two heads of S*, in the infinite-context flow (open) and in SGD at L = 1000 (crosses; bars: standard errors \
    over seeds), beside the limit of the leading order (lines), which takes a to be small. Right, the third: a at the stage's end \
    against a at its start, beside the one equation that is left when heads are one-hot and S* has all shares (line).
    """

  /// a at the start of all stages but the third's end.
  private func scales(_ extent: FigureExtent) -> [Double] {
    switch extent {
    case .full: [0.25, 0.5, 1, 2, 3]
    case .quick: [0.5, 2]
    }
  }

  func configuration(_ extent: FigureExtent) -> String {
    let (kernels, context, batch, seeds, longest) =
      switch extent {
      case .full: (32, 1000, 256, "1, 2, 3", 1.0)
      case .quick: (4, 100, 32, "1", 0.1)
      }
    let scales = scales(extent)
    func column(_ key: String, _ value: (Double) -> Double) -> String {
      "{key: '\(key)', list: [\(scales.map { "\(value($0))" }.joined(separator: ", "))]}"
    }
    // The smaller a, the longer the first two stages take, and the longer steps may be.
    func columns(of part: String) -> [String] {
      [
        column("\(part).stages[0].until.time") { longest * 4000 / $0 },
        column("\(part).stages[1].until.time") { longest * 1000 / $0 },
      ]
    }
    let zip =
      [column("initial.scale") { $0 }, column("training.optimizer.sgd.rate") { 2 / max($0, 1) }]
      + columns(of: "theory") + columns(of: "training")
    let stages = """
      [{train: [coefficients], until: {time: 1, share: 0.99}}, {train: [attention], until: {time: 1}}, \
      {train: [scale], until: {time: \(longest * 400)}}]
      """
    return """
      base:
        name: \(name)
        source: {tokens: 3, parents: [1, 2], prior: {dirichlet: 0.5, kernels: \(kernels), seed: 1}}
        model: {window: 3, heads: 3, degree: 2, variant: paper}
        initial: {own: 2, other: 0, coefficients: 1}
        theory:
          stages: \(stages)
          output: {points: 200}
        training:
          context: \(context)
          epsilon: 1e-3
          data: {fresh: \(batch)}
          held-out: {count: 64}
          optimizer: {sgd: {rate: 1}}
          stages: \(stages)
          measure: {points: 200}
          checkpoints: {points: 2}
          seeds: [\(seeds)]
          precision: float
      run: compare
      compare: {sequences: 2, lengths: []}
      axes: [{zip: [\(zip.joined(separator: ", "))]}]

      """
  }

  func tables(in workshop: FigureWorkshop) throws -> [FigureTable] {
    var table = FigureTable(
      "forms",
      [
        .init("scale", "a in the first two stages and at the start of the third"),
        .init("form", "(1 - sigma[h j]) t of the second stage, or a of the third"),
        .init("predicted", "by the closed form"),
        .init("flow", "the same in the flow"),
        .init("training", "the same in training, mean over the seeds"),
        .init("training_se", "its standard error"),
      ])
    for (scale, cell) in zip(scales(workshop.extent), try workshop.cells()) {
      for form in ComparedForm.all(in: cell.summary) {
        // What follows says how long after the start of its stage.
        guard let name = form.name.firstRange(of: " after ").map({ form.name[..<$0.lowerBound] }),
          name == "a" || name.hasPrefix("(1 - sigma[")
        else { continue }
        table.add([
          .number(scale), .word(String(name)), .number(form.predicted), .number(form.flow),
          .number(form.training), .number(form.trainingError),
        ])
      }
    }
    return [table]
  }

  let drawing = #"""
    fig, (second, third) = plt.subplots(1, 2, figsize=(3.4, 2.1))
    def draw(axes, data, color, marker, name=None):
        data = data.sort_values("scale")
        axes.plot(data.scale, data.predicted, color=color, linewidth=1)
        axes.plot(data.scale, data.flow, marker, color=color, markerfacecolor="white", markersize=4, label=name)
        axes.errorbar(data.scale, data.training, data.training_se.fillna(0), fmt="x", color=color, markersize=3.5,
                      elinewidth=0.8)
    weights = forms[forms.form != "a"]
    for (form, data), color, marker in zip(weights.groupby("form"), ["#0072B2", "#D55E00", "#009E73"], "os^"):
        head = form.split("[")[1].split()[0]
        draw(second, data, color, marker, f"head {head}")
    second.set(xscale="log", yscale="log", xlabel="scale, $a$", ylabel=r"$(1-\sigma)\,t$")
    ticks = sorted(weights.scale.unique())[::2]
    second.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    second.yaxis.set_major_locator(plt.matplotlib.ticker.LogLocator(subs=(1, 2, 5)))
    second.yaxis.set_major_formatter(plt.FormatStrFormatter("%g"))
    for axis in (second.xaxis, second.yaxis):
        axis.set_minor_formatter(plt.NullFormatter())
    second.legend(handletextpad=0.2)
    draw(third, forms[forms.form == "a"], "0.3", "o")
    third.set(xlabel="$a$ at the start", ylabel="$a$ at the end")
    for axes, title in [(second, "second stage"), (third, "third stage")]:
        axes.set_title(title, fontsize=8)
    handles = [plt.Line2D([], [], color="0.3", linewidth=1),
               plt.Line2D([], [], color="0.3", marker="o", linestyle="none", markerfacecolor="white", markersize=4),
               plt.Line2D([], [], color="0.3", marker="x", linestyle="none")]
    fig.legend(handles, ["closed form", "flow", "SGD"], loc="outside upper center", ncols=3)
    """#
}
