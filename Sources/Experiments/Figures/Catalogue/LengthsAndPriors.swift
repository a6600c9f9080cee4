import InductionModel

/// The model at other lengths and priors than it was trained for.
struct LengthsAndPriors: Figure {
  let name = "generalization"
  let title =
    "The flow ends in the induction head at every length and prior; training at L = 100 in a softer one"
  let caption = """
    Loss and total variation to the true kernel, on fresh sequences with a kernel of their own, over the length L of the context \
    and the prior Dirichlet(α): the ends of the infinite-context flow and of SGD at L = 100, both run on α = 0.5, beside the \
    induction head GIH({1,2}) and the true kernel. At L = 100 the scale stops at a finite value: that hedges where a context is \
    too short to have matches, and blurs where it is long. Standard errors over the sequences are smaller than the marks.
    """

  func configuration(_ extent: FigureExtent) -> String {
    let (kernels, time, steps, batch) =
      switch extent {
      case .full: (64, 10_000, 1000, 1024)
      case .quick: (8, 200, 100, 64)
      }
    return """
      name: \(name)
      source: {tokens: 3, parents: [1, 2], prior: {dirichlet: 0.5, kernels: \(kernels), seed: 1}}
      model: {window: 3, heads: 3, degree: 2, variant: paper}
      initial: {own: 1, other: 0, coefficients: 1, scale: 0.01}
      theory:
        stages: [{until: {time: \(time)}}]
        output: {points: 2}
      training:
        context: 100
        epsilon: 1e-3
        data: {fresh: \(batch)}
        held-out: {count: 64}
        optimizer: {sgd: {rate: 1}}
        stages: [{steps: \(steps)}]
        measure: {points: 2}
        checkpoints: {points: 2}
        seeds: [1]
        precision: float

      """
  }

  func tables(in workshop: FigureWorkshop) throws -> [FigureTable] {
    let (contexts, count) =
      switch workshop.extent {
      case .full: ([10, 18, 32, 56, 100, 180, 320, 560, 1000], 4096)
      case .quick: ([10, 32, 100], 128)
      }
    let experiment = try workshop.experiment()
    func generalization(_ end: [Double]) throws -> [Generalization.Row] {
      try Generalization(
        experiment, at: end, contexts: contexts, concentrations: [0.1, 0.5, 1], sequences: count,
        threads: workshop.threads
      ).rows
    }
    let flow = try generalization(workshop.flow().end.flat)
    try workshop.report(0.5)
    let trained = try workshop.training().first.map { try generalization($0.end) } ?? []
    var table = FigureTable(
      "predictors",
      [
        .init(
          "predictor",
          "what predicts: the flow's model, the trained one, the induction head or the true kernel"),
        .init("dirichlet", "α of the prior that each sequence draws its kernel from"),
        .init("context", "L, length of the context", unit: "token"),
        .init("loss", "cross-entropy on average over the law of the next token, ε = 1e-3", unit: "nat"),
        .init("loss_se", "its standard error over the sequences", unit: "nat"),
        .init("distance", "total variation to the law of the next token"),
        .init("distance_se", "its standard error over the sequences"),
      ])
    func add(_ name: String, _ row: Generalization.Row) {
      let score = row.score
      table.add([
        .word(name), .number(row.concentration), .integer(row.context), .number(score.crossEntropy.mean),
        .number(score.crossEntropy.standardError), .number(score.totalVariation.mean),
        .number(score.totalVariation.standardError),
      ])
    }
    for row in flow { add(row.score.predictor == "model" ? "flow" : row.score.predictor, row) }
    for row in trained where row.score.predictor == "model" { add("trained", row) }
    return [table]
  }

  let drawing = #"""
    colors = {0.1: "#0072B2", 0.5: "#D55E00", 1.0: "#009E73"}
    marks = {"flow": dict(marker="o", markerfacecolor="white"), "trained": dict(marker="x")}
    fig, (loss, distance) = plt.subplots(2, 1, figsize=(3.4, 4.4), sharex=True)
    for (name, alpha), rows in predictors.groupby(["predictor", "dirichlet"], sort=False):
        for axes, column in [(loss, "loss"), (distance, "distance")]:
            if name in marks:
                axes.errorbar(rows.context, rows[column], rows[f"{column}_se"], linestyle="none", color=colors[alpha],
                              markersize=4, elinewidth=0.8, **marks[name])
            elif name == "induction head":
                axes.plot(rows.context, rows[column], color=colors[alpha], linewidth=1)
            elif column == "loss":
                axes.plot(rows.context, rows[column], ":", color=colors[alpha])
    handles = [plt.Line2D([], [], color=color, label=rf"$\alpha = {alpha:g}$") for alpha, color in colors.items()]
    kinds = [plt.Line2D([], [], color="0.3", linestyle="none", label="flow", **marks["flow"]),
             plt.Line2D([], [], color="0.3", linestyle="none", label="SGD, $L = 100$", **marks["trained"]),
             plt.Line2D([], [], color="0.3", linewidth=1, label=r"GIH($\{1,2\}$)"),
             plt.Line2D([], [], color="0.3", linestyle=":", label="true kernel")]
    loss.legend(handles=kinds, loc="upper right")
    distance.legend(handles=handles, loc="lower left")
    loss.set(xscale="log", ylim=(0, None), ylabel="loss, nats")
    distance.set(yscale="log", ylabel="total variation to the kernel", xlabel="length of the context, $L$")
    """#
}
