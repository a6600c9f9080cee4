import Foundation
import ODESolvers

func expOf(_ value: Double) -> Double { exp(value) }

/// The largest component of the error in units of the tolerance.
func weightedError(_ found: [Double], _ exact: [Double], relative: Double, absolute: Double) -> Double {
  zip(found, exact).reduce(0) { max($0, abs($1.0 - $1.1) / (absolute + relative * abs($1.1))) }
}

func cell(_ evaluations: Int, _ error: Double) -> String {
  "\(evaluations) (\(error < 0.095 ? "<0.1" : String(format: error < 9.95 ? "%.1f" : "%.0f", error)))"
}

func row(_ cells: [String]) { print("| " + cells.joined(separator: " | ") + " |") }

func header(_ cells: [String]) {
  print("")
  row(cells)
  row(cells.map { _ in "---" })
}

func label(_ value: Double) -> String {
  String(format: "%.0e", value).replacingOccurrences(of: "e-0", with: "e-")
}

extension Solver {
  init(_ stepper: Stepper, _ relative: Double, _ absolute: Double, _ time: TimeScale = .linear) {
    self.init(
      stepper: stepper, tolerance: Tolerance(relative: relative, absolute: absolute),
      steps: StepLimits(count: 300_000), time: time)
  }
}

/// DETEST at 21 equidistant times, against rk8pd at 1e-13 with steps of at most 0.1.
func nonStiff() throws {
  let steppers: [Stepper] = [.rk2, .rk4, .rkf45, .rkck, .rk8pd, .msadams, .auto]
  let outputs = OutputTimes.linear(count: 21)
  let problems = DETEST.all
  let exact = try problems.map { problem in
    var solver = Solver(.rk8pd, 1e-13, 1e-15)
    solver.steps.largest = 0.1
    return try solve(
      problem.system, from: 0, state: problem.start, to: problem.end, solver: solver, outputs: outputs)
  }
  print(
    """

    ## DETEST

    Hull, Enright, Fellen, Sedgwick (1972), on [0, 20]. The error is the worst of 21 equidistant times, dense output
    included, against rk8pd at 1e-13. A Jacobian that auto takes from differences counts as dimension + 2 right-hand
    sides. The last rows are the totals, and those of GSL's own driver at the end of the interval alone.
    """)
  for tolerance in [1e-4, 1e-6, 1e-8, 1e-10] {
    print("\n### Tolerance \(label(tolerance))")
    let columns = steppers.filter { $0 != .rk2 || tolerance > 1e-7 }
    header(["problem"] + columns.map(\.rawValue))
    var totals = [Int](repeating: 0, count: columns.count)
    var worst = [Double](repeating: 0, count: columns.count)
    var rivals = totals
    var rivalWorst = worst
    for (problem, exact) in zip(problems, exact) {
      var cells = [problem.name]
      for (index, stepper) in columns.enumerated() {
        let solution = try solve(
          problem.system, from: 0, state: problem.start, to: problem.end,
          solver: Solver(stepper, tolerance, tolerance), outputs: outputs)
        let error = zip(solution.states, exact.states).reduce(0) {
          max($0, weightedError($1.0, $1.1, relative: tolerance, absolute: tolerance))
        }
        let counts = solution.outcome.counts
        let work = counts.evaluations + counts.jacobians * (problem.system.dimension + 2)
        cells.append(cell(work, error))
        totals[index] += work
        worst[index] = max(worst[index], error)
        guard stepper != .auto else { continue }
        let rival = Rival(problem.system, time: .linear)
        let end = rival.integrate(
          stepper, from: problem.start, to: problem.end, relative: tolerance, absolute: tolerance)
        rivals[index] += rival.evaluations
        rivalWorst[index] = max(
          rivalWorst[index],
          end.map { weightedError($0, exact.outcome.state, relative: tolerance, absolute: tolerance) }
            ?? .infinity)
      }
      row(cells)
    }
    row(["**all (worst)**"] + zip(totals, worst).map(cell))
    row(["*GSL's driver*"] + zip(rivals, rivalWorst).map { $0 == 0 ? "" : cell($0, $1) })
  }
}

/// Stiff problems at the end of their interval, against the literature's values.
func stiff() throws {
  let steppers: [Stepper] = [.rk1imp, .rk2imp, .rk4imp, .bsimp, .msbdf, .auto]
  print(
    """

    ## Stiff problems

    Errors at the end of the interval against the literature's values, which hold 7 to 16 digits. Cells are
    *right-hand sides + Jacobians (error)*; a dash is a run that 300,000 steps do not finish. Absolute tolerances are
    the relative ones, times 1e-8 for Robertson and 1e-18 for E5, there at least Hairer's and Wanner's 1.7e-24; these
    two run in logarithmic time, to 10^11 and 10^13.
    """)
  header(["problem", "tolerance"] + steppers.map(\.rawValue))
  for problem in StiffProblems.all {
    for tolerance in [1e-3, 1e-5, 1e-7] {
      var cells = [problem.name, label(tolerance)]
      for stepper in steppers {
        let absolute = problem.absolute(tolerance)
        let solution = try? solve(
          problem.system, from: 0, state: problem.start, to: problem.end,
          solver: Solver(stepper, tolerance, absolute, problem.timeScale))
        guard let outcome = solution?.outcome, let exact = StiffProblems.ends[problem.name] else {
          cells.append("—")
          continue
        }
        let error = weightedError(outcome.state, exact, relative: tolerance, absolute: absolute)
        let work = cell(outcome.counts.evaluations, error)
        cells.append(work.replacingOccurrences(of: " (", with: " + \(outcome.counts.jacobians) ("))
      }
      row(cells)
    }
  }
}

/// The flow of a real source over eight decades.
func contextFlow() throws {
  print(
    """

    ## The infinite-context flow to t = 10^8

    17 parameters of the source of `Tests/TheoryTests/ReferenceCases/two-parents.json`, in logarithmic time at relative
    tolerance 1e-8, with 200 outputs. The error in a is against msadams at 1e-10. The Jacobian for msbdf comes from
    differences, whose right-hand sides neither side counts.
    """)
  let flow = try ContextFlow().system.withDifferencedJacobian()
  func run(_ stepper: Stepper, _ relative: Double, _ absolute: Double) throws -> Outcome {
    try solve(
      flow, from: 0, state: ContextFlow.start, to: 1e8,
      solver: Solver(stepper, relative, absolute, .logarithmic),
      outputs: .logarithmic(count: 200)
    ).outcome
  }
  let exact = try run(.msadams, 1e-10, 1e-10).state[16]
  header([
    "stepper", "absolute", "accepted", "rejected", "right-hand sides", "Jacobians", "error in a",
    "GSL's driver: right-hand sides", "its error in a",
  ])
  for stepper in [Stepper.rkf45, .rkck, .rk8pd, .msadams, .msbdf, .auto] {
    for absolute in [1e-8, 1e-10] {
      let outcome = try run(stepper, 1e-8, absolute)
      let counts = outcome.counts
      var cells = [
        stepper.rawValue, label(absolute), "\(counts.accepted)", "\(counts.rejected)",
        "\(counts.evaluations)", "\(counts.jacobians)",
        String(format: "%.1e", abs(outcome.state[16] - exact)),
      ]
      if stepper == .auto {
        cells += ["", ""]
      } else {
        let rival = Rival(flow, time: .logarithmic)
        let end = rival.integrate(
          stepper, from: ContextFlow.start, to: log1p(1e8), relative: 1e-8, absolute: absolute)
        cells += [
          "\(rival.evaluations)", end.map { String(format: "%.1e", abs($0[16] - exact)) } ?? "—",
        ]
      }
      row(cells)
    }
  }
}

/// What a thousand outputs cost beside one, and how accurate they are.
func denseOutput() throws {
  print(
    """

    ## A thousand outputs instead of one

    Right-hand sides and wall time of 1,000 equidistant outputs over those of one, the median of nine pairs of runs,
    at tolerance 1e-8; the error that dense output measures, and the true one of the outputs, in units of the tolerance.
    """)
  header([
    "problem", "stepper", "right-hand sides: one", "thousand", "ratio", "wall ratio", "measured", "true",
  ])
  let flow = try ContextFlow().system
  let planets = DETEST.classC[4]
  let cases: [(String, ODESystem, [Double], Double, TimeScale)] = [
    ("flow", flow, ContextFlow.start, 1e8, .logarithmic), ("C5", planets.system, planets.start, 20, .linear),
    ("E2", DETEST.classE[1].system, DETEST.classE[1].start, 20, .linear),
  ]
  for (name, system, start, end, time) in cases {
    let many: OutputTimes = time == .linear ? .linear(count: 1000) : .logarithmic(count: 1000)
    var reference = Solver(name == "flow" ? .msadams : .rk8pd, name == "flow" ? 1e-10 : 1e-13, 1e-12, time)
    if name != "flow" { reference.steps.largest = 0.1 }
    let exact = try solve(system, from: 0, state: start, to: end, solver: reference, outputs: many)
    for stepper in [Stepper.rkf45, .rk8pd, .auto] {
      let solver = Solver(stepper, 1e-8, 1e-8, time)
      func timed(_ outputs: OutputTimes) throws -> (Solution, Double) {
        let clock = ContinuousClock()
        var solution: Solution?
        let duration = try clock.measure {
          solution = try solve(system, from: 0, state: start, to: end, solver: solver, outputs: outputs)
        }
        guard let solution else { throw CancellationError() }
        return (
          solution, Double(duration.components.attoseconds) * 1e-18 + Double(duration.components.seconds)
        )
      }
      var ratios: [Double] = []
      var (one, thousand) = (0, 0)
      var last: Solution?
      for _ in 0..<9 {
        let (single, singleTime) = try timed(.times([end]))
        let (full, fullTime) = try timed(many)
        ratios.append(fullTime / singleTime)
        (one, thousand, last) = (single.outcome.counts.evaluations, full.outcome.counts.evaluations, full)
      }
      let error = zip(last?.states ?? [], exact.states).reduce(0) {
        max($0, weightedError($1.0, $1.1, relative: 1e-8, absolute: 1e-8))
      }
      row([
        name, stepper.rawValue, "\(one)", "\(thousand)",
        String(format: "%.3f", Double(thousand) / Double(one)),
        String(format: "%.2f", ratios.sorted()[4]),
        (last?.outcome.interpolationError).map { String(format: "%.1f", $0) } ?? "—",
        String(format: "%.1f", error),
      ])
    }
  }
}
