import InductionModel
import MarkovChains
import Transformer

/// What the two layers attend to on one sequence, before and after training.
struct InductionHeadAtWork: Figure {
  let name = "induction-head"
  let title = "An induction head at work"
  let caption = """
    Attention of heads 1 and 2 and of the second layer on a sequence of the source (of 64 the one that uses its tokens most \
    evenly), before and after training everything at once: each row is a token to be predicted, each column one that is attended to. After training head h copies the token at lag \
    h, and the second layer looks where the two tokens before were the same (outlined): it is the induction head GIH({1,2}).
    """

  func configuration(_ extent: FigureExtent) -> String {
    let (steps, batch) =
      switch extent {
      case .full: (800, 512)
      case .quick: (60, 32)
      }
    return """
      name: \(name)
      source: {tokens: 3, parents: [1, 2], prior: {dirichlet: 0.5, kernels: 64, seed: 1}}
      model: {window: 3, heads: 3, degree: 2, variant: paper}
      loss: {epsilon: 1e-3}
      initial: {own: 1, other: 0, coefficients: 1, scale: 0.01}
      training:
        context: 200
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

  /// Tokens of the sequence that is looked at.
  private static let length = 19

  /// How often the rarest token is there.
  private static func evenness(_ sequence: ArraySlice<UInt16>) -> Int {
    (0..<3).map { token in sequence.count { $0 == token } }.min() ?? 0
  }

  func tables(in workshop: FigureWorkshop) throws -> [FigureTable] {
    let experiment = try workshop.experiment()
    let drawn = try ChainSampler(experiment.source).sample(
      count: 64, length: Self.length, seed: 3, place: DrawPlace(.measurement))
    let sequence = drawn[(0..<drawn.count).max { Self.evenness(drawn[$0]) < Self.evenness(drawn[$1]) } ?? 0]
    var tokens = FigureTable(
      "tokens", [.init("position", "in the sequence, from 1"), .init("token", "from 0")])
    for (place, token) in sequence.enumerated() { tokens.add([.integer(place + 1), .integer(Int(token))]) }
    var table = FigureTable(
      "attention",
      [
        .init("moment", "before or after training"),
        .init("layer", "1: a head's copy of earlier tokens, 2: the induction head"),
        .init("head", "of the first layer"),
        .init("query", "position of the token to be predicted, from 1"),
        .init("key", "position that is attended to, from 1"),
        .init("weight", "attention"),
      ])
    let trained = try workshop.training().first?.end ?? experiment.trainingStart
    for (moment, point) in [("before", experiment.trainingStart), ("after", trained)] {
      for row in rows(of: point, on: sequence, experiment) { table.add([.word(moment)] + row) }
    }
    return [tokens, table]
  }

  /// Of every position that has a key, from the attention that predicts it.
  private func rows(of point: [Double], on sequence: ArraySlice<UInt16>, _ experiment: Experiment)
    -> [[FigureTable.Value]]
  {
    let trainable = experiment.trainable
    return (experiment.model.shortestContext + 1...sequence.count).flatMap { query -> [[FigureTable.Value]] in
      guard let attention = trainable.attention(on: sequence.prefix(query))?(point) else { return [] }
      let first = attention.lags.enumerated().flatMap { head, lags in
        lags.enumerated().filter { $0.offset + 1 < query }.map { lag, weight -> [FigureTable.Value] in
          [.integer(1), .integer(head + 1), .integer(query), .integer(query - 1 - lag), .number(weight)]
        }
      }
      let second = attention.keys.enumerated().map { key, weight -> [FigureTable.Value] in
        [.integer(2), .number(nil), .integer(query), .integer(key + 1), .number(weight)]
      }
      return first + second
    }
  }

  let drawing = #"""
    count = len(tokens)
    symbols = tokens.token.to_numpy()
    panels = [(1, 1, "layer 1, head 1"), (1, 2, "layer 1, head 2"), (2, None, "layer 2")]
    fig, grid = plt.subplots(3, 2, figsize=(3.4, 5.2), sharex=True, sharey=True)
    for column, moment in enumerate(["before", "after"]):
        for axes, (layer, head, title) in zip(grid[:, column], panels):
            rows = attention[(attention.moment == moment) & (attention.layer == layer)]
            if head is not None:
                rows = rows[rows["head"] == head]
            weights = np.full((count, count), np.nan)
            weights[rows["query"] - 1, rows["key"] - 1] = rows.weight
            image = axes.imshow(weights, vmin=0, vmax=1, cmap="Greys", interpolation="nearest")
            if layer == 2:
                # Where both tokens before are those before the one to be predicted.
                for query in range(rows["query"].min() - 1, count):
                    for key in range(3, query):
                        if all(symbols[key - lag] == symbols[query - lag] for lag in (1, 2)):
                            axes.add_patch(plt.Rectangle((key - 0.5, query - 0.5), 1, 1, fill=False, edgecolor="#D55E00",
                                                         linewidth=0.6))
            axes.set(xlim=(-0.5, count - 1.5), ylim=(count - 0.5, rows["query"].min() - 1.5))
            axes.set(xticks=range(count - 1), xticklabels=symbols[:-1], yticks=range(rows["query"].min() - 1, count),
                     yticklabels=symbols[rows["query"].min() - 1:])
            axes.tick_params(length=0, labelsize=6.5, pad=1)
            axes.spines[["top", "right"]].set_visible(True)
            axes.set_title(f"{title}, {moment}", fontsize=8, loc="center")
    for axes in grid[:, 0]:
        axes.set_ylabel("predicted token", fontsize=8)
    for axes in grid[-1]:
        axes.set_xlabel("attended token", fontsize=8)
    bar = fig.colorbar(image, ax=grid, location="bottom", aspect=40, shrink=0.7, pad=0.01)
    bar.set_label("attention")
    """#
}
