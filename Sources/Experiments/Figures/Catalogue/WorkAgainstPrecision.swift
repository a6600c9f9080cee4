/// What the steppers cost for what accuracy.
struct WorkAgainstPrecision: Figure {
  let name = "work-precision"
  let title =
    "What the steppers cost: multistep and eighth order where the flow is smooth, implicit where it is stiff"
  let caption = """
    Error of all parameters at t = 300, relative to how far they have moved, over the work in gradients (a Jacobian counts as \
    three for each of its columns), for tolerances from 1e-2 to 1e-10 on chains of two tokens. Above: the paper's variant, a smooth \
    flow; below: the released code's variant from c = 0.01, stiff once a set has won. What takes more than 4,000 steps is left out.
    """

  /// What is taken as exact.
  private static let exact = (stepper: "rk8pd", tolerance: 1e-13)
  /// Attempted steps after which a stepper is left out.
  private static let most = 4000

  /// Steppers with their relative tolerances, the exact one first.
  private func methods(_ extent: FigureExtent) -> [(stepper: String, tolerance: Double)] {
    let (steppers, tolerances): ([String], [Double]) =
      switch extent {
      case .full:
        (
          [
            "rk2", "rk4", "rkf45", "rkck", "rk8pd", "rk2imp", "rk4imp", "bsimp", "msadams", "msbdf",
            "auto",
          ],
          [1e-2, 1e-4, 1e-6, 1e-8, 1e-10]
        )
      case .quick: (["rkf45", "rk8pd", "msadams", "msbdf"], [1e-3, 1e-6])
      }
    return [Self.exact] + steppers.flatMap { stepper in tolerances.map { (stepper, $0) } }
  }

  func configuration(_ extent: FigureExtent) -> String {
    let methods = methods(extent)
    func list(_ values: [String]) -> String { "[\(values.joined(separator: ", "))]" }
    return """
      base:
        name: \(name)
        source: {tokens: 2, parents: [1, 2], prior: {dirichlet: 0.1, kernels: 4, seed: 2}}
        model: {window: 3, heads: 3, degree: 2}
        initial: {other: 0, scale: 0.01}
        theory:
          stages: [{until: {time: \(extent == .full ? 300 : 30)}}]
          output: {points: 2}
      run: integrate
      axes:
        - zip:
            - {key: model.variant, list: [paper, reference-code]}
            - {key: loss.criterion, list: [cross-entropy, logits]}
            - {key: initial.own, list: [1, 3]}
            - {key: initial.coefficients, list: [1, 0.01]}
        - zip:
            - {key: theory.solver.stepper, list: \(list(methods.map(\.stepper)))}
            - {key: theory.solver.relative, list: \(list(methods.map { "\($0.tolerance)" }))}
            - {key: theory.solver.absolute, list: \(list(methods.map { "\($0.tolerance / 100)" }))}
            - {key: theory.solver.steps, list: \(list(methods.map { $0 == Self.exact ? "1000000" : "\(Self.most)" }))}

      """
  }

  func tables(in workshop: FigureWorkshop) throws -> [FigureTable] {
    var table = FigureTable(
      "work",
      [
        .init("problem", "the variant of the model: paper or reference-code"),
        .init("stepper", "the method"),
        .init("tolerance", "relative; the absolute one is a hundredth of it"),
        .init("gradients", "evaluations of the right-hand side"),
        .init("jacobians", "evaluations of its Jacobian"),
        .init("work", "gradients, a Jacobian as three for each of its columns", unit: "gradient"),
        .init("error", "Euclidean distance from the exact parameters, over that from the start"),
      ])
    let solutions = try workshop.cells(.absent).compactMap(Solution.init)
    for problem in ["paper", "reference-code"] {
      let own = solutions.filter { $0.problem == problem }
      guard let truth = own.first(where: { $0.tolerance == Self.exact.tolerance }) else {
        throw RunFailure(.failure, "the exact solution of \(problem) was not found")
      }
      for solution in own where solution.tolerance != Self.exact.tolerance {
        table.add([
          .word(problem), .word(solution.stepper), .number(solution.tolerance), .integer(solution.gradients),
          .integer(solution.jacobians),
          .integer(solution.gradients + 3 * truth.end.count * solution.jacobians),
          .number(distance(solution.end, truth.end) / distance(truth.start, truth.end)),
        ])
      }
    }
    return [table]
  }

  let drawing = #"""
    styles = {"rk2": ("#56B4E9", "v"), "rk4": ("#56B4E9", "^"), "rkf45": ("#0072B2", "v"), "rkck": ("#0072B2", "^"),
              "rk8pd": ("#0072B2", "o"), "rk2imp": ("#E69F00", "^"), "rk4imp": ("#E69F00", "s"),
              "bsimp": ("#D55E00", "o"), "msadams": ("#009E73", "D"), "msbdf": ("#CC79A7", "D"), "auto": ("#000000", "x")}
    titles = {"paper": "paper's variant", "reference-code": "released code's variant"}
    fig, panels = plt.subplots(2, 1, figsize=(3.4, 5.4), sharex=True)
    for axes, (problem, rows) in zip(panels, work.groupby("problem", sort=False)):
        for stepper, line in rows.groupby("stepper", sort=False):
            color, marker = styles[stepper]
            line = line.sort_values("tolerance", ascending=False)
            axes.plot(line.work, line.error, marker=marker, color=color, linewidth=0.9,
                      markerfacecolor=color if marker in "ox" else "white")
        axes.set(xscale="log", yscale="log", ylabel="relative error")
        axes.xaxis.set_minor_formatter(plt.NullFormatter())
        axes.set_title(titles[problem], fontsize=8)
    panels[-1].set_xlabel("work, gradients")
    handles = [plt.Line2D([], [], color=color, marker=marker, linewidth=0.9, markerfacecolor=color if marker in "ox" else "white")
               for color, marker in styles.values()]
    fig.legend(handles, list(styles), loc="outside upper center", ncols=4, columnspacing=1)
    """#
}

/// What one cell has come to.
private struct Solution {
  let problem, stepper: String
  let tolerance: Double
  let start, end: [Double]
  let gradients, jacobians: Int

  /// nil for a cell of something else.
  init?(_ cell: FigureWorkshop.Cell) {
    guard cell.values.count == 8, let tolerance = Double(cell.values[5]),
      let gradients = cell.counts["evaluations"]?.whole, let jacobians = cell.counts["jacobians"]?.whole,
      let end = cell.summary["parameters"]?.numbers,
      let start = try? cell.configuration.initial.resolved(cell.configuration)
    else { return nil }
    (problem, stepper, self.tolerance) = (cell.values[0], cell.values[4], tolerance)
    (self.start, self.end, self.gradients, self.jacobians) = (start, end, gradients, jacobians)
  }
}

extension JSON {
  /// All numbers in it, in order.
  fileprivate var numbers: [Double] {
    switch self {
    case .array(let values): values.flatMap(\.numbers)
    case .object(let members): members.flatMap(\.value.numbers)
    default: double.map { [$0] } ?? []
    }
  }
}
