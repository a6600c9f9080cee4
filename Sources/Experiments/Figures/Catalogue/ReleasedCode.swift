/// The run of the paper's released code, on datasets drawn anew.
struct ReleasedCode: Figure {
  let name = "released-code"
  let title = "The released code's simultaneous run, on fresh datasets"
  let caption = """
    Full-batch descent with rate 1 on 9,000 sequences, everything at once, in the released code's variant of the model: mean \
    over ten datasets drawn anew, each with its own kernels, and the range over them (band). Shares and scale of the trajectory \
    that the code has stored (dashed) lie in the bands at every step, also where descent overshoots near step 13; its loss is on \
    other held-out sequences, ours on the same 1,000 for all, whose standard error is 0.004.
    """

  func configuration(_ extent: FigureExtent) -> String {
    let (datasets, sequences, steps, points) =
      switch extent {
      case .full: (10, 9000, 10_000, 80)
      case .quick: (2, 500, 30, 12)
      }
    return """
      name: \(name)
      source: {tokens: 3, parents: [1, 2], prior: {dirichlet: 0.1, kernels: 1, seed: 1}}
      model: {window: 3, heads: 3, degree: 2, variant: reference-code}
      loss: {criterion: logits}
      initial: {own: 3, other: 0.1, coefficients: 0.01, scale: 0.01}
      training:
        context: 100
        data: {fixed: \(sequences), kernels: prior}
        held-out: {count: 1000, seed: 2}
        optimizer: {sgd: {rate: 1}}
        stages: [{steps: \(steps)}]
        measure: {points: \(points)}
        checkpoints: {points: 2}
        seeds: [\((1...datasets).map(String.init).joined(separator: ", "))]
        precision: float

      """
  }

  func tables(in workshop: FigureWorkshop) throws -> [FigureTable] {
    let runs = try workshop.training().map(\.rows)
    var table = FigureTable(
      "datasets",
      [
        .init("quantity", "a, share p[S] of the set S of heads, or loss on the 1000 held-out sequences"),
        .init("step", "steps of descent", unit: "step"),
        .init("mean", "over the datasets; of the loss in nats"),
        .init("deviation", "standard deviation over the datasets; of the loss in nats"),
        .init("least", "over the datasets; of the loss in nats"),
        .init("greatest", "over the datasets; of the loss in nats"),
        .init("datasets", "how many"),
      ])
    for quantity in runs.first.map({ $0.columns.filter(Self.isShown) }) ?? [] {
      let curves = runs.compactMap { $0[quantity] }
      for (row, step) in (runs.first?["step"] ?? []).enumerated() {
        let values = curves.map { $0[row] }
        let mean = SampleMean(values)
        table.add([
          .word(quantity), .integer(Int(step)), .number(mean.mean),
          .number(mean.standardError.map { $0 * Double(values.count).squareRoot() }),
          .number(values.min()), .number(values.max()), .integer(values.count),
        ])
      }
    }
    return [table]
  }

  private static func isShown(_ column: String) -> Bool {
    column == "a" || column == "loss" || column.hasPrefix("p[")
  }

  let drawing = #"""
    import os

    runs = {name: rows[rows.step > 0] for name, rows in datasets.groupby("quantity", sort=False)}
    colors = {"p[1 2]": "#000000", "p[1]": "#0072B2", "p[2]": "#D55E00", "p[3]": "#009E73",
              "p[1 3]": "#E69F00", "p[2 3]": "#56B4E9", "p[]": "#CC79A7"}

    # The stored trajectory is not ours: it is drawn where the folder that holds simultaneous.csv is named.
    folder = os.environ.get("INFLOW_REFERENCE_RUNS")
    stored = pd.read_csv(f"{folder}/simultaneous.csv") if folder else None
    if stored is not None:
        stored = stored.rename(columns={"scale": "a", "validation_loss_after_step": "loss"})
        stored = stored[(stored.step > 0) & (stored.step <= datasets.step.max())]


    def band(axes, name, color, label=None):
        rows = runs[name]
        axes.plot(rows.step, rows["mean"], color=color, label=label)
        axes.fill_between(rows.step, rows.least, rows.greatest, color=color, alpha=0.3, linewidth=0)
        if stored is not None:
            axes.plot(stored.step, stored[name], "--", color="black" if color != "#000000" else "0.6", linewidth=0.8)


    fig, (shares, scale, losses) = plt.subplots(3, 1, figsize=(3.4, 4.6), sharex=True, height_ratios=[1.4, 1, 1])
    for name in colors:
        members = name[2:-1].replace(" ", ",")
        band(shares, name, colors[name], rf"$\{{{members}\}}$" if members else r"$\emptyset$")
    band(scale, "a", "#0072B2")
    band(losses, "loss", "#0072B2")
    shares.set(xscale="log", ylim=(-0.03, 1.05), ylabel="share, $p_S$")
    shares.legend(title="heads $S$", loc="center right", labelspacing=0.25)
    scale.set(ylim=(0, None), ylabel="scale, $a$")
    losses.set(ylabel="held-out loss, nats", xlabel="step")
    handles = [plt.Line2D([], [], color="#0072B2"), plt.Rectangle((0, 0), 1, 1, color="#0072B2", alpha=0.3, linewidth=0)]
    names = ["mean", "range over datasets"]
    if stored is not None:
        handles.append(plt.Line2D([], [], color="black", linestyle="--", linewidth=0.8))
        names.append("stored")
    losses.legend(handles, names, loc="upper right")
    """#
}
