/// The ladder of orders: how fast each gap between training and the explicit theory closes.
struct OrdersOfTheLadder: Figure {
  let name = "ladder"
  let title = "Every gap between training and the explicit theory closes at the order it should"
  let caption = """
    Distance between neighbours on the way from training to the explicit theory, over what goes to its limit: the learning rate, \
    the inverse of the batch, the inverse of the context's length and the scale a. Lines have the measured orders, which stand \
    with their standard errors before the predicted ones in parentheses; bars are standard errors over seeds or sequences.
    """

  func configuration(_ extent: FigureExtent) -> String {
    """
    name: \(name)
    source: {tokens: 3, parents: [1, 2], prior: {dirichlet: 0.5, kernels: \(extent == .full ? 64 : 4), seed: 1}}
    model: {window: 3, heads: 3, degree: 2, variant: paper}
    initial: {own: 1, other: 0, coefficients: 1, scale: 0.01}

    """
  }

  func tables(in workshop: FigureWorkshop) throws -> [FigureTable] {
    var done = 0.0
    let edges = try Ladder(workshop.experiment(), threads: workshop.threads).edges(
      progress: { done = $1 }, checkpoint: { try workshop.report(done) })
    var errors = FigureTable(
      "errors",
      [
        .init("edge", "from what to what"),
        .init("variable", "what goes to its limit"),
        .init("value", "of it"),
        .init("error", "distance between both, in the parameters, the loss (nats) or the shares"),
        .init("error_se", "its standard error, where it was sampled"),
      ])
    var orders = FigureTable(
      "orders",
      [
        .init("edge", "from what to what"),
        .init("predicted", "power of the variable that the error should be"),
        .init("measured", "power that it is"),
        .init("measured_se", "its standard error"),
      ])
    for edge in edges {
      let name = FigureTable.Value.word(edge.name.rawValue)
      for point in edge.sweep {
        errors.add([
          name, .word(edge.name.variable), .number(point.variable), .number(point.error),
          .number(point.standardError),
        ])
      }
      orders.add([
        name, .number(edge.name.predicted), .number(edge.order?.value), .number(edge.order?.standardError),
      ])
    }
    return [errors, orders]
  }

  let drawing = #"""
    labels = {"rate": r"learning rate, $\eta$", "1/batch": "1 / batch", "1/context": "1 / context",
              "a": "scale, $a$"}
    legends = {"gradient descent to flow": "flow", "gradient descent to modified equation": "modified equation",
               "descent with momentum to inertial flow": "inertial flow", "batch to mean": "mean gradient",
               "finite to infinite context": "infinite context", "infinite context to leading order": "leading order"}
    measured = orders.set_index("edge")
    titles = {"batch to mean": "mean gradient", "finite to infinite context": "infinite context",
              "infinite context to leading order": "leading order"}
    heights = {"rate": "distance", "1/batch": "distance", "1/context": "gap of losses, nats", "a": "relative distance"}


    def power(edge):
        order = measured.loc[edge]
        digits = 2 if order.measured_se < 0.095 else 1
        return rf"${order.measured:.{digits}f} \pm {order.measured_se:.{digits}f}$ ({order.predicted:g})"


    fig = plt.figure(figsize=(3.4, 4.2))
    above, below = fig.subfigures(2, 1, height_ratios=[1.1, 1])
    places = dict(zip(["rate", "1/batch", "1/context", "a"], [above.subplots(), *below.subplots(1, 3)]))
    for variable, edges in errors.groupby("variable", sort=False):
        axes = places[variable]
        for marker, color, (edge, rows) in zip("os^", ["#0072B2", "#D55E00", "#009E73"], edges.groupby("edge", sort=False)):
            middle = np.exp(np.log(rows.value).mean()), np.exp(np.log(rows.error).mean())
            line = middle[1] * (rows.value / middle[0]) ** measured.loc[edge].measured
            axes.plot(rows.value, line, color=color, linewidth=1)
            axes.errorbar(rows.value, rows.error, rows.error_se.fillna(0), fmt=marker, color=color,
                          label=f"{legends.get(edge, edge)}\n{power(edge)}")
        axes.set(xscale="log", yscale="log", xlabel=labels[variable])
        axes.set_ylabel(heights[variable], fontsize=8, labelpad=1)
        axes.margins(0.12)
        ends = [edges.value.min(), edges.value.max()]
        axes.set_xticks(ends, [f"{value:.1g}" for value in ends])
        axes.set_xticks([], minor=True)
        axes.yaxis.set_minor_formatter(plt.NullFormatter())
        if variable == "rate":
            axes.legend(bbox_to_anchor=(1.05, 1), loc="upper left", handlelength=0.7, title="to the", labelspacing=0.8)
        else:
            edge = edges.edge.iloc[0]
            axes.set_title(f"to {titles.get(edge, edge)}\n{power(edge)}", fontsize=7)
            axes.set_ylim(*np.array([edges.error.min(), edges.error.max()]) * [0.6, 1.6])
    """#
}
