/// A sweep: how far the flow's selection has come, over the start of the scale and the prior of the kernels.
struct SelectionOverScale: Figure {
  let name = "selection-over-scale"
  let title = "A start of the scale that is too large holds the selection up"
  let caption = """
    Share of the parents' set {1,2} and scale a of the infinite-context flow at t = 200, everything training at once, over \
    the start a(0), for kernels of Dirichlet(α) rows; bars are standard errors over independent draws of the kernels. A start \
    below 0.1 is forgotten, as the scale grows by itself; a start of 2 to 3 helps where the kernels say little (α ≥ 1); \
    beyond, the second layer is saturated and the selection slow.
    """

  func configuration(_ extent: FigureExtent) -> String {
    let (points, priors, draws, kernels) =
      switch extent {
      case .full: (13, "[0.1, 0.3, 1, 3]", 8, 32)
      case .quick: (4, "[0.1, 1]", 3, 8)
      }
    return """
      base:
        name: \(name)
        source: {tokens: 3, parents: [1, 2], prior: {kernels: \(kernels)}}
        model: {window: 3, heads: 3, degree: 2, variant: paper}
        initial: {own: 1, other: 0, coefficients: 1}
        theory:
          level: infinite-context
          stages: [{until: {time: 200}}]
          output: {points: 2}
      run: integrate
      axes:
        - {key: initial.scale, log: {from: 0.01, to: 10, points: \(points)}}
        - {key: source.prior.dirichlet, list: \(priors)}
        - seeds: {key: source.prior.seed, count: \(draws)}
      collect: {share: 'shares.[1 2]', scale: parameters.scale}

      """
  }

  func tables(in workshop: FigureWorkshop) throws -> [FigureTable] {
    var table = FigureTable(
      "selection",
      [
        .init("initial_scale", "a(0), the scale at the start"),
        .init("dirichlet", "α of the kernels' rows"),
        .init("draws", "independent draws of the kernels that means are taken over"),
        .init("share", "share p of the parents' set {1,2} at t = 200, mean over the draws"),
        .init("share_se", "its standard error"),
        .init("scale", "a(200), mean over the draws"),
        .init("scale_se", "its standard error"),
      ])
    for cell in try workshop.sweepMeans() {
      let estimates = cell.quantities.flatMap { quantity -> [FigureTable.Value] in
        [.number(quantity.mean?.mean), .number(quantity.mean?.standardError)]
      }
      table.add(cell.values.map { .number(Double($0)) } + [.integer(cell.done)] + estimates)
    }
    return [table]
  }

  let drawing = #"""
    fig, (shares, scales) = plt.subplots(2, 1, figsize=(3.4, 4.2), sharex=True)
    for marker, (alpha, rows) in zip("os^D", selection.groupby("dirichlet")):
        for axes, column in [(shares, "share"), (scales, "scale")]:
            axes.errorbar(rows.initial_scale, rows[column], rows[f"{column}_se"],
                          marker=marker, label=rf"$\alpha = {alpha:g}$")
    start = np.unique(selection.initial_scale)
    scales.plot(start, start, color="0.5", linestyle="--", linewidth=0.8, zorder=0)
    scales.text(1.5, 1.2, "$a = a(0)$", color="0.35", fontsize=8)
    scales.set(xscale="log", yscale="log", ylim=(0.7, 14), yticks=[1, 2, 5, 10], yticklabels=[1, 2, 5, 10])
    scales.minorticks_off()
    scales.set(xlabel="scale at the start, $a(0)$", ylabel="scale at $t = 200$, $a$")
    shares.set(ylim=(0, 1), ylabel=r"share at $t = 200$, $p_{\{1,2\}}$")
    fig.legend(*shares.get_legend_handles_labels(), loc="outside upper center", ncols=4, columnspacing=1)
    """#
}
