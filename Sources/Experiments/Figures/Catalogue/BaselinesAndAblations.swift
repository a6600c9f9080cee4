import Foundation
import MarkovChains

/// What every building block and every way to learn in context is worth, on the same sequences.
struct BaselinesAndAblations: Figure {
  let name = "baselines"
  let title = "With one head or one layer the model is no induction head; without products it still is one"
  let caption = """
    Three tokens, parents {1,2}, 64 kernels of Dirichlet(0.5), L = 100: loss above that of the true kernel, the probability of \
    the token that is given most, and second-layer attention to positions that match on S* (dotted: what attention without a \
    direction has), of the trained model, of what is left of it without a part, trained with the same budget, and of in-context \
    estimators. Three seeds each; beside the attention, the induction head that the model is nearest to. Bars are standard \
    errors over the sequences.
    """

  func configuration(_ extent: FigureExtent) -> String {
    let (kernels, steps, batch, seeds) =
      switch extent {
      case .full: (64, 1000, 1024, "[1, 2, 3]")
      case .quick: (8, 40, 64, "[1]")
      }
    return """
      name: \(name)
      source: {tokens: 3, parents: [1, 2], prior: {dirichlet: 0.5, kernels: \(kernels), seed: 1}}
      model: {window: 3, heads: 3, degree: 2, variant: paper}
      initial: {own: 1, other: 0, coefficients: 1, scale: 0.01}
      training:
        context: 100
        epsilon: 1e-3
        data: {fresh: \(batch)}
        held-out: {count: 64}
        optimizer: {sgd: {rate: 1}}
        stages: [{steps: \(steps)}]
        measure: {points: 2}
        checkpoints: {points: 2}
        seeds: \(seeds)
        precision: float

      """
  }

  func tables(in workshop: FigureWorkshop) throws -> [FigureTable] {
    var request = BaselinesRequest()
    request.contexts = [100]
    request.sequences = workshop.extent == .full ? 4096 : 128
    let report = try workshop.baselines(request)
    var table = FigureTable(
      "predictors",
      [
        .init("predictor", "what predicts"),
        .init("kind", "model, ablation, induction head, estimator or kernel"),
        .init("seed", "of training"),
        .init("excess", "cross-entropy above that of the true kernel, ε = 1e-3", unit: "nat"),
        .init("excess_se", "standard error of the cross-entropy over the sequences", unit: "nat"),
        .init("accuracy", "probability of the token that is given most"),
        .init("accuracy_se", "its standard error over the sequences"),
        .init("mass", "second-layer attention to positions that match on S*"),
        .init("mass_se", "its standard error over the sequences"),
        .init("nearest", "S of the induction head GIH(S) that the model is nearest to"),
      ])
    let best = report.scores.first { $0.score.predictor == Predictor.trueKernel.name }?.score.crossEntropy
      .mean
    for row in report.scores {
      let score = row.score
      let parts = score.predictor.components(separatedBy: " seed ")
      let feature = report.features.first { $0.predictor == score.predictor }
      table.add([
        .word(parts[0]), .word(kind(parts[0])), .word(parts.count > 1 ? parts[1] : ""),
        .number(best.map { score.crossEntropy.mean - $0 }), .number(score.crossEntropy.standardError),
        .number(score.accuracy.mean), .number(score.accuracy.standardError), .number(feature?.mass.mean),
        .number(feature?.mass.standardError), .word(feature?.nearest?.set.braced ?? ""),
      ])
    }
    if let chance = report.features.first(where: { $0.predictor == "chance" }) {
      table.add([
        .word("chance"), .word("chance"), .word(""), .number(nil), .number(nil), .number(nil), .number(nil),
        .number(chance.mass.mean), .number(chance.mass.standardError), .word(""),
      ])
    }
    return [table]
  }

  private func kind(_ predictor: String) -> String {
    if predictor == "model" { return "model" }
    if Ablation(rawValue: predictor) != nil { return "ablation" }
    if predictor.hasPrefix("GIH") { return "induction head" }
    return predictor == Predictor.trueKernel.name ? "kernel" : "estimator"
  }

  let drawing = #"""
    chance = predictors[predictors.kind == "chance"].mass
    rows = predictors[(predictors.kind != "chance") & (predictors.kind != "kernel")]
    order = rows.groupby("predictor").excess.mean().sort_values()
    place = {name: index for index, name in enumerate(order.index)}
    colors = {"model": "#D55E00", "ablation": "#0072B2", "induction head": "#009E73", "estimator": "0.35"}
    fig, (loss, accuracy, mass) = plt.subplots(1, 3, figsize=(7, 0.5 + 0.17 * len(order)), sharey=True)
    for kind, group in rows.groupby("kind", sort=False):
        style = dict(linestyle="none", color=colors[kind], marker="o", markersize=3.5, elinewidth=0.8)
        y = group.predictor.map(place)
        loss.errorbar(group.excess, y, xerr=group.excess_se, label=kind, **style)
        accuracy.errorbar(group.accuracy, y, xerr=group.accuracy_se, **style)
        mass.errorbar(group.mass, y, xerr=group.mass_se, **style)
    for (name, nearest), group in rows[rows.mass.notna()].groupby(["predictor", "nearest"], sort=False):
        mass.text(group.mass.max() + 0.05, place[name], nearest.replace(" ", ","), va="center", fontsize=6)
    for value in chance:
        mass.axvline(value, linestyle=":", color="0.4")
    best = predictors[predictors.kind == "kernel"].accuracy
    for value in best:
        accuracy.axvline(value, linestyle=":", color="0.4")
        accuracy.text(value, -0.9, "true kernel", ha="right", va="center", fontsize=6)
    names = ["{".join([name.split("{")[0]] + [part.replace(" ", ",") for part in name.split("{")[1:]]) for name in order.index]
    loss.set_yticks(range(len(order)), names)
    loss.set(xscale="log", xlabel="loss above the true kernel's, nats")
    loss.set_xticks([0.05, 0.1, 0.2, 0.4], ["0.05", "0.1", "0.2", "0.4"])
    loss.minorticks_off()
    loss.invert_yaxis()
    accuracy.set_xlabel("accuracy")
    mass.set(xlim=(0, 1.15), xlabel="attention to matching positions")
    loss.legend(loc="upper right")
    """#
}
