import Flows
import Foundation
import InductionModel
import ODESolvers
import ParameterSpaces
import TestSupport
import Testing
import Theory

/// The inertial flow against the recursion that it stands for, and its derivatives against differences.
@Suite struct InertiaTests {
  private let problem: DescentProblem

  init() throws { problem = try DescentProblem() }

  private static let staged: [(time: Double, trained: [ParameterGroup])] = [
    (24, [.coefficients, .attention]), (40, [.scale]),
  ]

  /// Over one stage and over two, in each of which momentum begins anew.
  @Test(arguments: [0.5, 0.8], [[(time: 48.0, trained: ParameterGroup.all)], staged])
  func ordersInTheStepSize(momentum: Double, stages: [(time: Double, trained: [ParameterGroup])]) throws {
    let exact = try problem.flow(.none, stages)
    let errors = try [1.0, 0.5, 0.25].map { timePerStep in
      let inertia = Inertia(rate: timePerStep * (1 - momentum), momentum: momentum)
      let end = problem.descent(rate: inertia.rate, momentum: momentum, stages)
      let inertial = try problem.flow(.momentum(inertia), stages)
      return (flow: problem.distance(end, exact), inertial: problem.distance(end, inertial))
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      let (first, second) = (log2(coarse.flow / fine.flow), log2(coarse.inertial / fine.inertial))
      #expect(abs(first - 1) < 0.2, "order \(first) against the flow, \(errors)")
      #expect(abs(second - 2) < 0.25, "order \(second) against the inertial flow, \(errors)")
    }
  }

  /// Without momentum it is the modified equation up to O(η²), which differs from the flow by O(η).
  @Test func withoutMomentumItIsTheModifiedEquation() throws {
    let stages = [(time: 16.0, trained: ParameterGroup.all)]
    let differences = try [0.5, 0.25].map { rate in
      problem.distance(
        try problem.flow(.momentum(Inertia(rate: rate, momentum: 0)), stages),
        try problem.flow(.stepSize(rate: rate), stages))
    }
    #expect(abs(log2(differences[0] / differences[1]) - 2) < 0.3, "\(differences)")
  }

  @Test func jacobianAndCurvatureAreDifferences() throws {
    let flow = Flow(
      problem.loss, trained: [.attention, .scale], start: problem.start.flat,
      correction: .momentum(Inertia(rate: 0.3, momentum: 0.7)))
    let system = flow.systemWithCurvature
    let count = system.dimension
    let state = zip(flow.state(problem.start.flat), (0..<count)).map { $0 + 0.1 * sin(Double($1)) }
    func slope(_ state: [Double]) throws -> [Double] {
      var slope = state
      try system.derivative(0, state, &slope)
      return slope
    }
    func difference(_ direction: [Double]) throws -> [Double] {
      let step = 1e-5
      let above = try slope(zip(state, direction).map { $0 + step * $1 })
      let below = try slope(zip(state, direction).map { $0 - step * $1 })
      return zip(above, below).map { ($0 - $1) / (2 * step) }
    }
    var (matrix, time) = ([Double](repeating: 0, count: count * count), state)
    let jacobian = try #require(system.jacobian)
    try jacobian(0, state, &matrix, &time)
    for column in 0..<count {
      let expected = try difference((0..<count).map { $0 == column ? 1 : 0 })
      for row in 0..<count { #expect(abs(matrix[row * count + column] - expected[row]) < 1e-9) }
    }
    var curvature = state
    try system.higherDerivatives[0](0, state, &curvature)
    let expected = try difference(slope(state))
    #expect(zip(curvature, expected).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  /// Against a constant gradient descent from rest lags by ηβ/(1−β)² behind the flow.
  @Test func lagOfTheStart() {
    for momentum in [0, 0.3, 0.9] {
      let inertia = Inertia(rate: 0.2, momentum: momentum)
      let lag = 0.2 * momentum / ((1 - momentum) * (1 - momentum))
      #expect(abs((1 - inertia.onset) * inertia.relaxation - lag) < 1e-14)
    }
    // Of the time that the recursion's memory takes to fade, β^n = e^{−t/τ}, to second order.
    let inertia = Inertia(rate: 0.1, momentum: 0.9)
    #expect(abs(inertia.relaxation * log(1 / 0.9) / inertia.timePerStep - 1) < 1e-3)
  }
}
