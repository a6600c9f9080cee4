import Foundation
import ODESolvers
import Testing

/// Three stages with closed forms: a grows at rate 1 to 2, then b decays as e^{−t} to 1/4, then c falls as −c².
@Suite struct StageTests {
  private static var full: ODESystem {
    ODESystem(
      dimension: 3, names: ["a", "b", "c"],
      jacobian: { _, y, m, _ in
        m[4] = -1
        m[8] = -2 * y[2]
      },
      derivative: { _, y, d in
        d[0] = 1
        d[1] = -y[1]
        d[2] = -y[2] * y[2]
      })
  }

  private static var stages: [IntegrationStage] {
    [
      IntegrationStage(
        "grow", system: full.moving(only: [0]), duration: 100, until: [.above(2, "share") { $0[0] }]),
      IntegrationStage(
        "decay", system: full.moving(only: [1]), duration: 100, until: [.gradientNorm(below: 0.25)]),
      IntegrationStage(
        "fall", system: full.moving(only: [2]), duration: 3,
        until: [.lossRate(below: 1e-9), .below(0.01, "late") { $0[2] }]),
    ]
  }

  private static let ends = [2, 2 + log(4.0), 2 + log(4.0) + 3]

  @Test(
    arguments: [Stepper.rkf45, .rk8pd, .msadams, .rk4imp, .bsimp, .msbdf], [TimeScale.linear, .logarithmic])
  func switchesAreLocated(stepper: Stepper, time: TimeScale) throws {
    let run = try StagedIntegration(
      Self.stages, from: 0, state: [0, 1, 1], solver: Solver(stepper, 1e-11, time: time),
      outputs: .linear(count: 204))
    var times: [Double] = []
    let outcome = try #require(try run.run(Observers(output: { t, _ in times.append(t) })))
    #expect(run.ends.map(\.stage) == ["grow", "decay", "fall"])
    #expect(run.ends.map(\.condition) == ["share", "gradient-norm", nil])
    for (end, time) in zip(run.ends, Self.ends) {
      #expect(abs(end.time - time) < 1e-9, "\(stepper.rawValue): \(end.stage) off by \(end.time - time)")
    }
    #expect(weightedError(outcome.state, [2, 0.25, 0.25], relative: 0, absolute: 1e-8) < 1)
    #expect(times == [0, 1, 2, 3, 4, 5, 6])
  }

  @Test func conditionThatHoldsEndsItsStageAtOnce() throws {
    let run = try StagedIntegration(Self.stages, from: 0, state: [3, 1, 1])
    _ = try run.run()
    #expect(run.ends[0].time == 0 && run.ends[0].condition == "share" && run.ends[0].state == [3, 1, 1])
  }

  @Test(arguments: [Stepper.rk8pd, .msadams])
  func resumedRunIsTheSame(stepper: Stepper) throws {
    let solver = Solver(stepper, 1e-8)
    let outputs = OutputTimes.linear(count: 501)
    func whole() throws -> ([IntegrationStageEnd], [[Double]]) {
      var rows: [[Double]] = []
      let run = try StagedIntegration(
        Self.stages, from: 0, state: [0, 1, 1], solver: solver, outputs: outputs)
      _ = try run.run(Observers(output: { rows.append([$0] + $1) }))
      return (run.ends, rows)
    }
    let (ends, rows) = try whole()
    for stop in [1, 3, 6, 9, 12, 20] {
      var kept: [[Double]] = []
      var steps = 0
      let first = try StagedIntegration(
        Self.stages, from: 0, state: [0, 1, 1], solver: solver, outputs: outputs)
      _ = try first.run(
        Observers(
          output: { kept.append([$0] + $1) }, progress: { _ in steps += 1 }, isCancelled: { steps >= stop }))
      let checkpoint = try JSONDecoder().decode(
        StagedCheckpoint.self, from: JSONEncoder().encode(first.resumePoint))
      kept.removeSubrange((checkpoint.deliveredOutputs + (checkpoint.stage?.deliveredOutputs ?? 0))...)
      let second = try StagedIntegration(
        Self.stages, resuming: checkpoint, solver: solver, outputs: outputs)
      _ = try second.run(Observers(output: { kept.append([$0] + $1) }))
      #expect(second.ends == ends)
      #expect(kept == rows)
    }
  }
}
