import Flows
import InductionModel
import ODESolvers
import Theory

/// Curvature along a flow, and where descent with finite steps leaves it.
struct SharpnessAlongTheFlow: Figure {
  let name = "sharpness"
  let title = "Descent leaves the flow where the largest curvature passes 2/rate"
  let caption = """
    The released code's start (c = 0.01), infinite-context loss. Above: the largest eigenvalue of the loss's Hessian along the flow \
    (black), the curvature along the flow's own direction (grey), and the largest eigenvalue along gradient descent with three \
    rates (colours), with 2/rate dashed. Below: Σc², which the flow conserves: soon after the curvature passes 2/rate \
    (dotted), descent raises it until the curvature is back below. With the smallest rate the coefficients that the large \
    curvature belongs to have by then fallen below the smallest double, and nothing is left to grow.
    """

  func configuration(_ extent: FigureExtent) -> String {
    let (kernels, time, points) =
      switch extent {
      case .full: (8, 100, 81)
      case .quick: (2, 10, 9)
      }
    return """
      name: \(name)
      source: {tokens: 3, parents: [1, 2], prior: {dirichlet: 0.1, kernels: \(kernels), seed: 1}}
      model: {window: 3, heads: 3, degree: 2, variant: reference-code}
      loss: {criterion: logits}
      initial: {own: 3, other: 0.1, coefficients: 0.01, scale: 0.01}
      theory:
        stages: [{until: {time: \(time)}}]
        solver: {relative: 1e-8, absolute: 1e-10}
        output: {points: \(points)}

      """
  }

  private static let rates = [1, 0.1, 0.01]

  private static let columns: [FigureTable.Column] = [
    .init("run", "the flow, or descent with a rate"),
    .init("rate", "learning rate, of descent"),
    .init("time", "sum of the learning rates", unit: "learning rate × step"),
    .init("sharpness", "largest eigenvalue of the Hessian of the loss", unit: "1 / (learning rate × step)"),
    .init("curvature_along", "gᵀHg/gᵀg, g the gradient", unit: "1 / (learning rate × step)"),
    .init("total", "Σc² over that at the start"),
    .init("share", "of the set {1,2}"),
    .init("scale", "a"),
  ]

  func tables(in workshop: FigureWorkshop) throws -> [FigureTable] {
    let experiment = try workshop.experiment()
    let model = experiment.model
    let flow = try workshop.flow().rows
    var curves = FigureTable("curves", Self.columns)
    let points = flow.times.indices.compactMap { row in
      flow.point(row, model.parameterSpace).map {
        (time: flow.times[row], point: Parameters(flat: $0, model: model))
      }
    }
    let along = try self.rows("flow", nil, points, experiment, workshop.threads)
    try workshop.report(0.2)
    // Each on a thread of its own.
    let times = flow.times
    let descents = Ensemble(threads: workshop.threads).map(Self.rates.count) { index in
      let rate = Self.rates[index]
      let visited = try descent(rate, through: times, experiment)
      return try self.rows("descent", rate, visited, experiment, 1)
    }
    for rows in try [along] + descents.map({ try $0.get() }) { for row in rows { curves.add(row) } }
    return [curves]
  }

  /// The points of descent nearest to given times.
  private func descent(_ rate: Double, through times: [Double], _ experiment: Experiment) throws -> [(
    time: Double, point: Parameters
  )] {
    let model = experiment.model
    let wanted = Set(times.map { Int(($0 / rate).rounded()) })
    var points: [(time: Double, point: Parameters)] = []
    try experiment.infiniteContextLoss(threads: 1).descend(
      from: try experiment.start.flat, rate: rate, steps: wanted.max() ?? 0
    ) { step, point in
      if wanted.contains(step) { points.append((Double(step) * rate, Parameters(flat: point, model: model))) }
    }
    return points
  }

  private func rows(
    _ run: String, _ rate: Double?, _ points: [(time: Double, point: Parameters)], _ experiment: Experiment,
    _ threads: Int
  ) throws -> [[FigureTable.Value]] {
    let loss = try experiment.infiniteContextLoss(threads: threads)
    let model = experiment.model
    func total(_ point: Parameters) -> Double { point.coefficients.reduce(0) { $0 + $1 * $1 } }
    let start = total(try experiment.start)
    return try points.map { time, point in
      let sharpness = try loss.sharpness(point.flat)
      let share = model.sets.firstIndex(of: HeadSet([1, 2])).map { point.quantities(model).shares[$0] }
      return [
        .word(run), .number(rate), .number(time), .number(sharpness.largestEigenvalue),
        .number(sharpness.alongFlow), .number(total(point) / start), .number(share), .number(point.scale),
      ]
    }
  }

  let drawing = #"""
    colors = {1.0: "#D55E00", 0.1: "#009E73", 0.01: "#0072B2"}
    shown = curves[curves.time > 0]
    flow = shown[shown.run == "flow"]
    fig, (sharpness, total) = plt.subplots(2, 1, figsize=(3.4, 4.4), sharex=True)
    sharpness.plot(flow.time, flow.curvature_along.where(flow.curvature_along > 0), color="0.6", linewidth=1,
                   label="along the flow")
    sharpness.plot(flow.time, flow.sharpness, color="black", label="largest, flow")
    total.plot(flow.time, flow.total, color="black", label="flow")
    for rate, color in colors.items():
        rows = shown[shown.rate == rate]
        sharpness.plot(rows.time, rows.sharpness, color=color, linewidth=1, label=rf"largest, descent, $\eta = {rate:g}$")
        sharpness.axhline(2 / rate, color=color, linestyle="--", linewidth=0.8)
        sharpness.annotate(rf"$2/{rate:g}$", (1.01, 2 / rate), xycoords=("axes fraction", "data"), color=color, fontsize=8,
                           va="center", annotation_clip=False)
        total.plot(rows.time, rows.total, color=color, label=rf"descent, $\eta = {rate:g}$")
        passed = flow.time[flow.sharpness > 2 / rate]
        if len(passed):
            for axes in (sharpness, total):
                axes.axvline(passed.iloc[0], color=color, linestyle=":", linewidth=0.8)
    sharpness.set(xscale="log", yscale="log", ylabel="curvature, 1 / time")
    low, high = sharpness.get_ylim()
    sharpness.set_ylim(max(low, 1e-4), high)
    total.set(yscale="log", ylabel=r"$\sum c^2$, start $= 1$", xlabel="time, learning rate × step")
    fig.legend(*sharpness.get_legend_handles_labels(), loc="outside upper center", ncols=2, columnspacing=1)
    """#
}

extension Experiment {
  /// - Throws: `ConfigurationError`, `TheoryError`.
  fileprivate func infiniteContextLoss(threads: Int) throws -> InfiniteContextLoss {
    try InfiniteContextLoss(
      model: model, loss: configuration.loss, laws: windowLaws(threads: threads), threads: threads,
      memoryLimit: Resources.memory)
  }
}
