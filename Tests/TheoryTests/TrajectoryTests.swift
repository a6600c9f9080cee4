import Flows
import Foundation
import InductionModel
import ODESolvers
import Testing
import Theory

@Suite struct TrajectoryTests {
  /// The joint flow of every reference case, by steppers of three families, against an independent integration
  /// at tolerance 1e-11.
  @Test(arguments: ReferenceCase.names, [Stepper.rk8pd, .auto, .msbdf])
  func jointFlow(name: String, stepper: Stepper) throws {
    let reference = try ReferenceCase(name)
    let points: [[String: Any]] = try reference.value("joint_flow", "trajectory")
    let times = try points.map { try #require($0["time"] as? Double) }
    let start: [String: Double] = try reference.value("joint_flow", "start")
    let loss = try InfiniteContextLoss(
      model: reference.model, loss: reference.loss, laws: reference.laws())
    let flow = StagedFlow(
      loss,
      start: Parameters(
        model: reference.model, own: try #require(start["own"]), other: try #require(start["other"]),
        coefficients: try #require(start["coefficients"]), scale: try #require(start["scale"])
      ).flat,
      stages: [FlowStage(end: FlowStageEnd(time: try #require(times.last)))],
      solver: Solver(stepper: stepper, tolerance: Tolerance(relative: 1e-9, absolute: 1e-11)))
    var found: [FlowPoint] = []
    _ = try flow.run(outputs: .times(times), .init(point: { found.append($0) }))
    try #require(found.count == points.count)
    for (point, expected) in zip(found, points) {
      let attention = try #require(expected["attention"] as? [[Double]]).flatMap { $0 }
      let coefficients = try #require(expected["coefficients"] as? [String: Double])
      let scale = try #require(expected["scale"] as? Double)
      #expect(abs(point.loss - (try #require(expected["loss"] as? Double))) < 1e-6)
      let parameters = Parameters(flat: point.parameters, model: reference.model)
      #expect(abs(parameters.scale - scale) < 1e-6)
      #expect(
        zip(parameters.attention.flatMap { $0 }, attention).allSatisfy { abs($0 - $1) < 1e-6 })
      for (set, value) in zip(reference.model.sets, parameters.coefficients) {
        #expect(abs(value - (try #require(coefficients["[\(set.label)]"]))) < 1e-6)
      }
    }
  }

  /// The derived flow to t = 10⁸ in logarithmic time at 1e-8: at most 900 gradients, outputs included, and an error in
  /// a of at most 1e-6.
  @Test(arguments: [Stepper.rk8pd, .msadams, .auto])
  func eightDecades(stepper: Stepper) throws {
    let reference = try ReferenceCase("two-parents")
    let loss = try InfiniteContextLoss(
      model: reference.model, loss: reference.loss, laws: reference.laws())
    func end(_ stepper: Stepper, relative: Double) throws -> FlowOutcome {
      try StagedFlow(
        loss,
        start: Parameters(model: reference.model, own: 1, other: 0, coefficients: 1, scale: 0.01).flat,
        stages: [FlowStage(end: FlowStageEnd(time: 1e8))],
        solver: Solver(
          stepper: stepper, tolerance: Tolerance(relative: relative, absolute: 1e-10), time: .logarithmic)
      ).run(outputs: .logarithmic(count: 200))
    }
    let outcome = try end(stepper, relative: 1e-8)
    #expect(outcome.counts.evaluations <= 900, "\(outcome.counts)")
    // The scale is the last of the parameters.
    let exact = try #require(end(.msadams, relative: 1e-10).parameters.last)
    let scale = try #require(outcome.parameters.last)
    #expect(abs(scale - exact) <= 1e-6)
  }
}
