import Experiments
import Foundation
import TestSupport
import Testing

/// Runs that are stopped again and again at random steps, each time taken up from the files alone, against a run that
/// never stopped.
@Suite struct ResumeTests {
  /// Says yes once so many questions have been asked.
  private final class Countdown: @unchecked Sendable {
    private let lock = NSLock()
    private var left: Int
    init(_ count: Int) { left = count }
    var observers: RunObservers {
      RunObservers(isInterrupted: {
        self.lock.withLock {
          self.left -= 1
          return self.left < 0
        }
      })
    }
  }

  private static func configuration(_ place: Workplace, _ file: String, _ overrides: [String]) throws
    -> Configuration
  {
    try Configuration(
      contentsOf: place[file], overrides: overrides.map { try #require(Override($0), "\($0)") })
  }

  /// Calls `run` with a limit on its steps until it is no longer interrupted; the first limits are random, and the
  /// very first below any run's length.
  private static func insisting(_ seed: UInt64, mean: Int, _ run: (Countdown) throws -> Void) throws -> Int {
    var random = SeededGenerator(seed: seed)
    for interruptions in 0..<1000 {
      let bound = interruptions == 0 ? 10 : 2 * mean
      let limit = interruptions < 6 ? Int.random(in: 1..<bound, using: &random) : .max
      do {
        try run(Countdown(limit))
        return interruptions
      } catch let failure as RunFailure where failure.isInterruption {}
    }
    return .max
  }

  private static let stages = """
    theory.stages=[{train: [scale], until: {time: 3}}, {until: {time: 40, share: {set: [1, 2], above: 0.36}}}, \
    {train: [attention, scale], until: {time: 60}}]
    """

  private static let momentum = [
    "theory.correction=momentum", "training={optimizer: {sgd: {rate: 0.3, momentum: 0.8}}}",
  ]

  static let flows = [
    ["theory.solver.stepper=msadams", "theory.output={points: 300}"],
    ["theory.solver.stepper=auto", "theory.output={every: step}"],
    ["theory.solver.stepper=msbdf", "theory.output={points: 300, spacing: linear}"],
    ["theory.solver.stepper=rk8pd", "theory.solver.time=logarithmic"],
    ["theory.solver.stepper=rkf45", "theory.output={every: step}"],
    ["theory.solver.stepper=rk4imp", "theory.output={times: [0, 0.5, 3, 17, 100]}"],
    momentum + ["theory.solver.stepper=msadams", "theory.output={points: 300}"],
    momentum + ["theory.solver.stepper=rk8pd", "theory.output={every: step}"],
    ["theory.level=leading-order", "theory.output={points: 100}"],
  ]

  @Test(arguments: flows) func interruptedFlowIsTheSame(overrides: [String]) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    let place = try Workplace()
    let experiment = try Experiment(
      Self.configuration(place, "small.yaml", ["theory.solver.relative=1e-9", Self.stages] + overrides))
    _ = try FlowTask(experiment, threads: 1).run(at: place["whole"])
    let interruptions = try Self.insisting(seed, mean: 25) { countdown in
      _ = try FlowTask(experiment, threads: 1).run(at: place["run"], .keep, countdown.observers)
    }
    #expect(interruptions > 0, "seed \(seed)")
    for file in ["trajectory.csv", "summary.json", "checkpoint.json", "parameters.json"] {
      #expect(try place.read("run/\(file)") == place.read("whole/\(file)"), "\(file), seed \(seed)")
    }
    struct Manifest: Decodable {
      let counts: [String: Int]
    }
    let counts = try ["run", "whole"].map {
      try JSONDecoder().decode(Manifest.self, from: Data(place.read("\($0)/manifest.json").utf8)).counts
    }
    #expect(counts[0] == counts[1], "seed \(seed)")
  }

  static let trainings = [
    ["training.data={fresh: 16}", "training.optimizer={sgd: {rate: 1, momentum: 0.9}}"],
    ["training.data={fixed: 50, batch: 16}", "training.optimizer={adam: {rate: 0.01}, clip: 0.5}"],
    ["training.data={fixed: 50}", "training.precision=float", "training.measure={every: step}"],
    [
      "training.data={fresh: 16, kernels: prior}",
      "training.optimizer.schedule={cosine: {steps: 50, floor: 0.1}}",
    ],
  ]

  @Test(arguments: trainings) func interruptedTrainingIsTheSame(overrides: [String]) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    let place = try TrainTests.workplace()
    let experiment = try Experiment(
      Self.configuration(
        place, "train.yaml",
        [
          "training.seeds=[3, 8]",
          "training.stages=[{train: [coefficients], until: {time: 20, loss-rate: 1e-12}}, {steps: 70}]",
        ] + overrides))
    _ = try TrainingTask(experiment, threads: 1).run(at: place["whole"])
    let interruptions = try Self.insisting(seed, mean: 30) { countdown in
      _ = try TrainingTask(experiment, threads: 2).run(at: place["run"], .keep, countdown.observers)
    }
    #expect(interruptions > 0, "seed \(seed)")
    for inner in ["seed-3", "seed-8"] {
      #expect(
        try TrainTests.contents(place, "run/\(inner)") == TrainTests.contents(place, "whole/\(inner)"),
        "\(inner), seed \(seed)")
    }
    #expect(try place.read("run/summary.json") == place.read("whole/summary.json"), "seed \(seed)")
  }
}
