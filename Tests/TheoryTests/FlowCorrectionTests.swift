import Foundation
import InductionModel
import ParameterSpaces
import TestSupport
import Testing
import Theory

/// Descent with steps of the derived gradient, against the flow and the modified equation of the same loss.
@Suite struct FlowCorrectionTests {
  /// Groups that do not train must stay out of the correction too.
  @Test(arguments: [ParameterGroup.all, [.coefficients, .scale]])
  func ordersInTheStepSize(trained: [ParameterGroup]) throws {
    let problem = try DescentProblem()
    let stages = [(time: 16.0, trained: trained)]
    let exact = try problem.flow(.none, stages)
    let errors = try [1.0, 0.5, 0.25].map { rate in
      let end = problem.descent(rate: rate, stages)
      let modified = try problem.flow(.stepSize(rate: rate), stages)
      return (flow: problem.distance(end, exact), modified: problem.distance(end, modified))
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      let (first, second) = (log2(coarse.flow / fine.flow), log2(coarse.modified / fine.modified))
      #expect(abs(first - 1) < 0.15, "order \(first) against the flow")
      #expect(abs(second - 2) < 0.15, "order \(second) against the modified equation")
    }
  }
}
