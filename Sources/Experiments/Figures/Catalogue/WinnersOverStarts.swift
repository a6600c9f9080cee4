import InductionModel

/// A map: which set wins, over the prior of the kernels and how much each head favours its own lag at the start.
struct WinnersOverStarts: Figure {
  let name = "winner-map"
  let title = "Which set wins depends on the prior and on the start, in theory as in training"
  let caption = """
    The set of heads with the largest share at t = 600, everything training at once, over the prior Dirichlet(α) of the kernels \
    and the logit of each head's own lag at the start; the stronger the colour, the larger the share. Crosses mark cells in \
    which theory and training disagree. Heads that hardly favour a lag need not end where they began: there another set wins in \
    nearly deterministic chains, and none has won in nearly independent ones.
    """

  func configuration(_ extent: FigureExtent) -> String {
    let (priors, starts, kernels, context, steps) =
      switch extent {
      case .full: (12, 9, 32, 200, 300)
      case .quick: (3, 2, 4, 50, 20)
      }
    return """
      base:
        name: \(name)
        source: {tokens: 3, parents: [1, 2], prior: {kernels: \(kernels), seed: 1}}
        model: {window: 3, heads: 3, degree: 2, variant: paper}
        loss: {epsilon: 1e-3}
        initial: {other: 0, coefficients: 1, scale: 0.01}
        theory:
          solver: {relative: 1e-6, absolute: 1e-8}
          output: {points: 2}
        training:
          context: \(context)
          data: {fresh: 256}
          held-out: {count: 64}
          optimizer: {sgd: {rate: 2}}
          stages: [{steps: \(steps)}]
          measure: {points: 2}
          checkpoints: {points: 2}
          seeds: [1]
          precision: float
      run: map
      report: map
      axes:
        - {key: source.prior.dirichlet, log: {from: 0.02, to: 5, points: \(priors)}}
        - {key: initial.own, log: {from: 0.05, to: 3, points: \(starts)}}

      """
  }

  func tables(in workshop: FigureWorkshop) throws -> [FigureTable] {
    var table = FigureTable(
      "winners",
      [
        .init("side", "theory: the infinite-context flow; training: SGD, one seed"),
        .init("dirichlet", "α of the kernels' rows"),
        .init("own", "logit of each head's own lag at the start, above those of the others"),
        .init("winner", "the set of heads with the largest share"),
        .init("share", "of the winner"),
        .init("scale", "a at the end"),
      ])
    let cells = try workshop.cells()
    for side in ["theory", "training"] {
      for cell in cells {
        let outcome = cell.summary[side]
        table.add(
          [.word(side)] + cell.values.map { .number(Double($0)) } + [
            .word(outcome?["winner"]?.setOfHeads ?? ""), .number(outcome?["share"]?.double),
            .number(outcome?["scale"]?.double),
          ])
      }
    }
    return [table]
  }

  let drawing = #"""
    colors = {"{1,2}": "#000000", "{1,3}": "#E69F00", "{2,3}": "#56B4E9", "{1}": "#0072B2", "{2}": "#D55E00",
              "{3}": "#009E73", "{}": "#CC79A7"}


    def edges(values):
        logs = np.log(np.unique(values))
        return np.exp(np.concatenate([logs - (logs[1] - logs[0]) / 2, [logs[-1] + (logs[1] - logs[0]) / 2]]))


    to_rgb = plt.matplotlib.colors.to_rgb
    sides = {side: rows.pivot(index="own", columns="dirichlet", values=["winner", "share"])
             for side, rows in winners.groupby("side", sort=False)}
    fig, panels = plt.subplots(2, 1, figsize=(3.4, 4.4), sharex=True, sharey=True)
    for axes, (side, rows) in zip(panels, sides.items()):
        picture = [[1 - share * (1 - np.array(to_rgb(colors[name]))) for name, share in zip(*line)]
                   for line in zip(rows["winner"].values, rows["share"].values)]
        axes.pcolormesh(edges(winners.dirichlet), edges(winners.own), np.array(picture))
        axes.set(xscale="log", yscale="log", ylabel="own-lag logit at $t = 0$")
        axes.set_title({"theory": "theory: flow", "training": "training: SGD"}[side], fontsize=8)
    differ = sides["theory"]["winner"] != sides["training"]["winner"]
    for own in differ.index:
        for alpha in differ.columns[differ.loc[own]]:
            panels[1].plot(alpha, own, "x", color="white", markersize=4.5, markeredgewidth=1.6)
            panels[1].plot(alpha, own, "x", color="black", markersize=4, markeredgewidth=0.7)
    panels[1].set_xlabel(r"Dirichlet parameter of the kernels' rows, $\alpha$")
    present = [name for name in colors if name in set(winners.winner)]
    fig.legend([plt.Rectangle((0, 0), 1, 1, color=colors[name]) for name in present],
               [name.replace("{", r"$\{").replace("}", r"\}$") for name in present],
               loc="outside upper center", ncols=len(present), columnspacing=1, handlelength=1)
    """#
}

extension JSON {
  /// `{1,2}` of a list of heads.
  fileprivate var setOfHeads: String? {
    guard case .array(let members) = self else { return nil }
    return HeadSet(members.compactMap(\.whole)).description
  }
}
