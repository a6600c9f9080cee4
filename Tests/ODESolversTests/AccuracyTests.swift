import Foundation
import ODESolvers
import Testing

/// Every stepper that fits a problem meets the tolerance within a factor of 100.
@Suite struct AccuracyTests {
  /// At 21 equidistant times, against rk8pd at 1e-13 with steps of at most 0.1.
  @Test(arguments: DETEST.all.map(\.name))
  func nonStiff(name: String) throws {
    let problem = try #require(DETEST.all.first { $0.name == name })
    let outputs = OutputTimes.linear(count: 21)
    var reference = Solver(.rk8pd, 1e-13, 1e-15)
    reference.steps.largest = 0.1
    let exact = try solve(
      problem.system, from: 0, state: problem.start, to: problem.end, solver: reference, outputs: outputs)
    for (stepper, tolerances) in Self.fitting {
      for tolerance in tolerances {
        let solution = try solve(
          problem.system, from: 0, state: problem.start, to: problem.end, solver: Solver(stepper, tolerance),
          outputs: outputs)
        let worst = zip(solution.states, exact.states).reduce(0) {
          max($0, weightedError($1.0, $1.1, relative: tolerance, absolute: tolerance))
        }
        #expect(
          worst <= 100, "\(name) with \(stepper.rawValue) at \(tolerance): \(worst) times the tolerance")
      }
    }
  }

  /// Low orders fit low accuracies.
  static let fitting: [(Stepper, [Double])] = [
    (.rk2, [1e-4]), (.rk4, [1e-4, 1e-6, 1e-8]), (.rkf45, [1e-4, 1e-6, 1e-8]), (.rkck, [1e-4, 1e-6, 1e-8]),
    (.rk8pd, [1e-4, 1e-6, 1e-8, 1e-10]), (.msadams, [1e-4, 1e-6, 1e-8, 1e-10]),
    (.auto, [1e-4, 1e-6, 1e-8, 1e-10]),
  ]

  /// At the end of the interval, against the literature's values and a solution at far tighter tolerance.
  @Test(arguments: StiffProblems.all.map(\.name))
  func stiff(name: String) throws {
    let problem = try #require(StiffProblems.all.first { $0.name == name })
    let literature = try #require(StiffProblems.ends[name])
    func end(_ stepper: Stepper, _ tolerance: Double) throws -> [Double] {
      let solver = Solver(
        stepper, tolerance, problem.absolute(tolerance), time: problem.timeScale)
      return try solve(problem.system, from: 0, state: problem.start, to: problem.end, solver: solver).outcome
        .state
    }
    for (stepper, tolerances) in StiffProblems.fitting(name) {
      for tolerance in tolerances {
        let state = try end(stepper, tolerance)
        let worst = weightedError(
          state, literature, relative: tolerance, absolute: problem.absolute(tolerance))
        #expect(
          worst <= 100, "\(name) with \(stepper.rawValue) at \(tolerance): \(worst) times the tolerance")
      }
    }
    let (stepper, tolerance) = try #require(StiffProblems.references[name])
    let tight = try end(stepper, tolerance)
    let scale = 1e3 * tolerance
    #expect(
      weightedError(tight, literature, relative: scale, absolute: 1e3 * problem.absolute(tolerance)) <= 1,
      "\(name): \(tight) against the literature's \(literature)")
  }
}
