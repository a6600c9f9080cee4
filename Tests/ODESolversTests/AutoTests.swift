import Foundation
import ODESolvers
import Testing

/// The choice between Adams and backward differentiation: what it costs beside either, that it goes both ways, and that
/// nothing else notices.
@Suite struct AutoTests {
  /// In right-hand sides, a Jacobian counted as what it costs.
  private func cost(_ counts: Counts, _ system: ODESystem) -> Double {
    Double(counts.evaluations) + system.jacobianCost * Double(counts.jacobians)
  }

  private func outcome(_ problem: TestProblem, _ stepper: Stepper, _ tolerance: Double) throws -> Outcome {
    try solve(
      problem.system, from: 0, state: problem.start, to: problem.end,
      solver: Solver(stepper, tolerance, problem.absolute(tolerance), time: problem.timeScale)
    ).outcome
  }

  @Test(arguments: ["Robertson", "E5", "Oregonator", "van der Pol"], [1e-3, 1e-5, 1e-7])
  func costsLittleMoreThanBackwardDifferentiation(name: String, tolerance: Double) throws {
    let problem = try #require(StiffProblems.all.first { $0.name == name })
    let best = cost(try outcome(problem, .msbdf, tolerance).counts, problem.system)
    let auto = cost(try outcome(problem, .auto, tolerance).counts, problem.system)
    #expect(auto <= 1.2 * best, "\(auto) against \(best)")
  }

  /// None of these has a Jacobian: one from differences counts as `dimension + 2` right-hand sides.
  @Test(arguments: [1e-4, 1e-6, 1e-8, 1e-10])
  func costsNoMoreThanAdams(tolerance: Double) throws {
    for problem in DETEST.all {
      let adams = Double(try outcome(problem, .msadams, tolerance).counts.evaluations)
      let auto = cost(
        try outcome(problem, .auto, tolerance).counts, problem.system.withDifferencedJacobian())
      #expect(auto <= 1.03 * adams, "\(problem.name) at \(tolerance): \(auto) against \(adams)")
    }
  }

  /// A flow that slows down like 1/t is no reason for a Jacobian.
  @Test func flowsTakeNoJacobian() throws {
    let flow = try ContextFlow().system
    func run(_ stepper: Stepper) throws -> Outcome {
      try solve(
        flow, from: 0, state: ContextFlow.start, to: 1e8,
        solver: Solver(stepper, 1e-8, 1e-10, time: .logarithmic)
      ).outcome
    }
    let (auto, adams) = (try run(.auto), try run(.msadams))
    #expect(auto.counts == adams.counts && auto.counts.jacobians == 0)
    #expect(auto.state == adams.state)
  }

  /// y' = −λ (y − cos t) − sin t, y = cos t, with λ = 10⁵ between t = 10 and 20 and 1 elsewhere.
  private var episode: ODESystem {
    ODESystem(
      dimension: 1, jacobian: { t, _, m, _ in m[0] = -Self.rate(t) },
      derivative: { t, y, d in d[0] = -Self.rate(t) * (y[0] - cos(t)) - sin(t) })
  }

  private static func rate(_ time: Double) -> Double {
    1 + 1e5 * (1 + tanh(5 * (time - 10))) / 2 * (1 - tanh(5 * (time - 20))) / 2
  }

  /// Jacobians are taken on the stiff stretch and soon after it; outputs and events cross both changes.
  @Test func changesThereAndBack() throws {
    var jacobians: [(time: Double, count: Int)] = []
    let integration = try Integration(
      episode, from: 0, state: [1], to: 60, solver: Solver(.auto, 1e-7), outputs: .linear(count: 1001),
      events: [Event("zero") { _, y, _ in y[0] }])
    var worst = 0.0
    var zeros: [Double] = []
    let outcome = try integration.run(
      Observers(
        output: { t, y in worst = max(worst, abs(y[0] - cos(t))) }, event: { zeros.append($0.time) },
        progress: { jacobians.append(($0.time, $0.counts.jacobians)) }))
    func count(at time: Double) -> Int { jacobians.last { $0.time < time }?.count ?? 0 }
    #expect(count(at: 9) == 0 && count(at: 19) > 0)
    #expect(count(at: 40) == outcome.counts.jacobians, "back on Adams before t = 40")
    #expect(worst < 1e-5)
    #expect(zeros.count == 19)
    for (index, zero) in zeros.enumerated() {
      #expect(abs(zero - (Double(index) + 0.5) * .pi) < 1e-5)
    }
    // Adams alone takes h·10⁵ of order one through ten units of time.
    #expect(outcome.counts.evaluations < 10_000 && outcome.suggestion == nil)
  }

  /// From every point that a run offers, before, between and after its changes of method.
  @Test func resumedRunIsTheSame() throws {
    func integration(_ checkpoint: Checkpoint?) throws -> Integration {
      var solver = Solver(.auto, 1e-7)
      solver.restartInterval = 150
      let events = [Event("zero") { _, y, _ in y[0] }]
      guard let checkpoint else {
        return try Integration(
          episode, from: 0, state: [1], to: 60, solver: solver, outputs: .linear(count: 501), events: events)
      }
      return try Integration(
        episode, resuming: checkpoint, to: 60, solver: solver, outputs: .linear(count: 501), events: events)
    }
    func run(_ checkpoint: Checkpoint?) throws -> (rows: [[Double]], counts: Counts, offered: [Checkpoint]) {
      var rows: [[Double]] = []
      var offered: [Checkpoint] = []
      let outcome = try integration(checkpoint).run(
        Observers(
          output: { rows.append([$0] + $1) }, event: { rows.append([$0.time] + $0.state) },
          checkpoint: { offered.append($0()) }))
      return (rows, outcome.counts, offered)
    }
    let whole = try run(nil)
    let methods = Set(try whole.offered.map { try method($0) })
    #expect(methods == ["msadams", "msbdf"] && whole.offered.count > 5)
    for checkpoint in whole.offered {
      let read = try JSONDecoder().decode(Checkpoint.self, from: JSONEncoder().encode(checkpoint))
      let rest = try run(read)
      let delivered = checkpoint.deliveredOutputs + checkpoint.deliveredEvents
      #expect(rest.rows == Array(whole.rows.dropFirst(delivered)), "from t = \(checkpoint.time)")
      #expect(rest.counts == whole.counts, "from t = \(checkpoint.time)")
    }
  }

  private func method(_ checkpoint: Checkpoint) throws -> String {
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(checkpoint)) as? [String: Any]
    return try #require(object?["method"] as? String)
  }

  /// A Jacobian that cannot be had leaves the non-stiff method at work.
  @Test func goesOnWithoutAJacobian() throws {
    struct NoMemory: Error {}
    let system = ODESystem(
      dimension: 1, jacobian: { _, _, _, _ in throw NoMemory() },
      derivative: { t, y, d in d[0] = -300 * (y[0] - cos(t)) - sin(t) })
    let outcome = try solve(system, from: 0, state: [1], to: 10, solver: Solver(.auto, 1e-5)).outcome
    #expect(abs(outcome.state[0] - cos(10)) < 1e-3)
    #expect(outcome.counts.jacobians == 1)
  }

  /// An error of the right-hand side is none of the Jacobian's: it comes out.
  @Test func errorsOfTheRightHandSideComeOut() throws {
    struct Broken: Error {}
    let system = ODESystem(
      dimension: 1, jacobian: { _, _, m, _ in m[0] = -1e5 },
      derivative: { t, y, d in
        if t > 5 { throw Broken() }
        d[0] = -1e5 * (y[0] - cos(t)) - sin(t)
      })
    let integration = try Integration(system, from: 0, state: [1], to: 10, solver: Solver(.auto, 1e-5))
    let failure = try #require(throws: IntegrationFailure.self) { try integration.run() }
    guard case .thrown(is Broken) = failure.reason else {
      Issue.record("\(failure)")
      return
    }
    #expect(failure.time <= 5 && failure.time > 4 && failure.counts.jacobians > 0)
  }

  /// Stiff to the end, with a terminal event on the way.
  @Test func stopsAtAnEvent() throws {
    let solution = try solve(
      episode, from: 0, state: [1], to: 60, solver: Solver(.auto, 1e-7),
      events: [.reaches(-0.5, "half", direction: .falling) { t, y in t < 13 ? 1 : y[0] }])
    #expect(abs(solution.outcome.time - (4 * .pi + 2 * .pi / 3)) < 1e-5)
    #expect(solution.outcome.counts.jacobians > 0)
  }
}
