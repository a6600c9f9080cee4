import MarkovChains

/// Which lags tell most about the next token, from nearly deterministic chains to nearly independent tokens.
struct InformationOverPrior: Figure {
  let name = "information-over-prior"
  let title = "The parents carry the most information, but the best single lag may be no parent"
  let caption = """
    Modified χ² information of every set of the lags 1 to 3 in chains of three tokens with parents {1,2} and Dirichlet(α) \
    rows, its ratio to that of {1,2}, and the best set of at most D lags (open: within two standard errors of the second \
    best); bands are standard errors over the kernels. With D = 2 the parents win at every α, whereas with D = 1 lag 3, which \
    is no parent, wins in nearly deterministic chains, and lags 1 and 2 tie in nearly independent ones.
    """

  func configuration(_ extent: FigureExtent) -> String {
    let kernels =
      switch extent {
      case .full: 8192
      case .quick: 256
      }
    return """
      name: \(name)
      source: {tokens: 3, parents: [1, 2], prior: {kernels: \(kernels), seed: 1}}
      model: {window: 3, heads: 3, degree: 2}

      """
  }

  private func priors(_ extent: FigureExtent) -> [Double] {
    switch extent {
    case .full: [0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10]
    case .quick: [0.03, 0.1, 1, 10]
    }
  }

  func tables(in workshop: FigureWorkshop) throws -> [FigureTable] {
    var table = FigureTable(
      "information",
      [
        .init("dirichlet", "α of the kernels' rows"),
        .init("lags", "the set of lags S"),
        .init("information", "modified χ² information of the next token with the tokens at S"),
        .init("information_se", "its standard error over the kernels"),
        .init("ratio", "to the information of the parents' set {1,2}"),
        .init("ratio_se", "its standard error, the kernels being the same"),
      ])
    var selection = FigureTable(
      "selection",
      [
        .init("dirichlet", "α of the kernels' rows"),
        .init("degree", "D, the most heads in a set"),
        .init("selected", "S*, the set with the most information among those of at most D lags"),
        .init("runner_up", "the second best"),
        .init("gap", "information of S* above that of the second best"),
        .init("gap_se", "its standard error, the kernels being the same"),
      ])
    let priors = priors(workshop.extent)
    for (index, prior) in priors.enumerated() {
      try workshop.report(Double(index) / Double(priors.count))
      let information = try information(prior, workshop)
      for (place, set) in information.sets.enumerated() where set != .empty {
        let own = information.modified[place]
        let ratio = information.ratio(of: place, to: LagSet([1, 2]))
        table.add([
          .number(prior), .word(set.description), .number(own.mean), .number(own.standardError),
          .number(ratio?.mean), .number(ratio?.standardError),
        ])
      }
      for degree in 1...2 {
        let selected = information.selectedSet(heads: 3, degree: degree)
        selection.add([
          .number(prior), .integer(degree), .word(selected.set.description),
          .word(selected.runnerUp?.description ?? ""), .number(selected.gap?.mean),
          .number(selected.gap?.standardError),
        ])
      }
    }
    return [table, selection]
  }

  private func information(_ prior: Double, _ workshop: FigureWorkshop) throws -> Information {
    let overrides = [Override("source.prior.dirichlet=\(prior)")].compactMap { $0 }
    let laws = try workshop.experiment(overrides).windowLaws(threads: workshop.threads)
    return try Information(laws, threads: workshop.threads)
  }

  let drawing = #"""
    colors = {"{1,2}": "#000000", "{1,3}": "#E69F00", "{2,3}": "#56B4E9", "{1,2,3}": "#CC79A7",
              "{1}": "#0072B2", "{2}": "#D55E00", "{3}": "#009E73"}
    styles = {1: "--", 2: "-", 3: "-."}
    fig, (absolute, relative, best) = plt.subplots(
        3, 1, figsize=(3.4, 5.2), sharex=True, height_ratios=[1, 1, 0.22])
    for lags, rows in information.groupby("lags", sort=False):
        style = styles[lags.count(",") + 1]
        name = lags.replace("{", r"$\{").replace("}", r"\}$")
        for axes, column in [(absolute, "information"), (relative, "ratio")]:
            error = rows[f"{column}_se"]
            axes.plot(rows.dirichlet, rows[column], style, color=colors[lags], label=name)
            axes.fill_between(rows.dirichlet, rows[column] - error, rows[column] + error,
                              color=colors[lags], alpha=0.3, linewidth=0)
    absolute.set(xscale="log", ylim=(0, None), ylabel=r"information, $\tilde I(S)$")
    absolute.legend(title="lags $S$", loc="upper right", labelspacing=0.3)
    relative.set(ylim=(0, 1.05), ylabel=r"ratio, $\tilde I(S)\,/\,\tilde I(\{1,2\})$")

    # What independent rows of vanishing variance come to, d = 3.
    for limit, text in [(1, "1"), (3 / 4, "3/4"), (1 / 3, "1/3"), (1 / 4, "1/4"), (0, "0")]:
        relative.annotate(text, (1.02, limit), xycoords=("axes fraction", "data"), fontsize=8, va="center",
                          annotation_clip=False)
    relative.annotate(r"$\alpha\to\infty$", (1.02, 1.1), xycoords=("axes fraction", "data"), fontsize=8,
                      annotation_clip=False)

    # Open where the second best is within two standard errors.
    for row in selection.itertuples():
        isClear = row.gap > 2 * row.gap_se
        best.plot(row.dirichlet, row.degree, "s", color=colors[row.selected], markersize=5,
                  markerfacecolor=colors[row.selected] if isClear else "white")
    best.set(ylim=(0.4, 2.6), yticks=[1, 2], yticklabels=["$D = 1$", "$D = 2$"], ylabel="$S^*$")
    best.set_xlabel(r"Dirichlet parameter of the kernels' rows, $\alpha$")
    """#
}

extension Information {
  /// Means over kernels of two sets, divided. The error is that of the residuals, to first order: kernels that have much of the
  /// one have much of the other.
  ///
  /// - Returns: nil where the other set was not computed, or has none.
  fileprivate func ratio(of place: Int, to other: LagSet) -> (mean: Double, standardError: Double?)? {
    guard let base = index(of: other), modified[base].mean > 0 else { return nil }
    let ratio = modified[place].mean / modified[base].mean
    let residuals = stride(from: 0, to: modifiedByKernel.count, by: sets.count).map {
      modifiedByKernel[$0 + place] - ratio * modifiedByKernel[$0 + base]
    }
    return (ratio, SampleMean(residuals).standardError.map { $0 / modified[base].mean })
  }
}
