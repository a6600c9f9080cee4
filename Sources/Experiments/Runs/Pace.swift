import Foundation
import InductionModel
import MarkovChains
import Theory
import Transformer

/// How long the work of an experiment takes, from a few evaluations of a size that is done at once.
public struct Pace: Sendable {
  /// Seconds for a gradient of the theory's loss, once it is derived; nil where it cannot be told.
  public let gradient: Double?
  /// Seconds for training, over all its seeds; nil without training, or where it cannot be told.
  public let training: Double?

  /// Gradients that a flow takes, from an easy one to a stiff one.
  public static let gradientsOfFlow = (least: 500.0, most: 5000.0)

  public init(_ experiment: Experiment, threads: Int) {
    gradient = try? experiment.secondsOfGradient(threads: threads)
    training = try? experiment.secondsOfTraining(threads: threads)
  }
}

extension Pace {
  /// The least of a few runs after one that prepares what later ones share.
  fileprivate static func seconds(of body: () throws -> Void) rethrows -> Double {
    try body()
    return try (0..<3).map { _ in
      let start = ContinuousClock.now
      try body()
      return (ContinuousClock.now - start) / .seconds(1)
    }.min() ?? 0
  }

  fileprivate static func secondsOfGradient(_ loss: any LevelLoss, at point: [Double]) -> Double {
    var gradient = point
    return seconds { loss.gradient(point, into: &gradient) }
  }
}

extension Experiment {
  /// Operations that are done in some tenths of a second.
  private static let quickOperations = 2e8
  /// Tokens that a step passes through as fast.
  private static let quickTokens = 1 << 16

  /// The level's loss at the largest sizes that are quick, scaled by its operations.
  fileprivate func secondsOfGradient(threads: Int) throws -> Double? {
    let level = configuration.theory.level
    guard configuration.architecture.definition.theory != .none,
      let quick = try quickProblem(level.definition, threads: threads)
    else { return nil }
    let point = Parameters(model: quick.problem.model, own: 1, other: 0, coefficients: 1, scale: 0.01)
    return try Pace.secondsOfGradient(level.definition.loss(quick.problem), at: point.flat) * quick.share
  }

  /// The level's problem at a smaller window or with fewer sequences, and how many times more work the whole is.
  private func quickProblem(_ level: any LevelDefinition, threads: Int) throws -> (
    problem: LevelProblem, share: Double
  )? {
    var problem = problem(configuration.theory.sequences, threads: threads)
    switch level.average {
    case .sequences:
      let set = try problem.sequences()
      let used = min(set.sequences.count, max(1, Self.quickTokens / (set.sequences.first?.count ?? 1)))
      problem.sequences = { WeightedSequences(Array(set.sequences.prefix(used))) }
      return (problem, Double(set.sequences.count) / Double(used))
    case .windows:
      func sizes(_ window: Int) throws -> LevelSizes {
        try configuration.levelSizes(
          configuration.theory.level, kernels: source.kernels.count, window: window)
      }
      guard let operations = try level.operations(sizes(model.window)) else {
        return Self.windows(of: model) <= Self.quickWindows ? (problem, 1) : nil
      }
      let windows = (1...model.window).reversed()
      guard
        let window = try windows.first(where: {
          try level.operations(sizes($0)) ?? .infinity <= Self.quickOperations
        })
      else { return nil }
      let smaller = try sizes(window)
      problem.model = smaller.model
      problem.laws = {
        try WindowLaws(kernels: source.kernels, window: smaller.model.reach, threads: threads)
      }
      return (problem, operations / (level.operations(smaller) ?? operations))
    }
  }

  /// Windows over which a level is quick whose pace at smaller sizes says nothing.
  private static let quickWindows = 1e3

  private static func windows(of model: ModelDefinition) -> Double {
    pow(Double(model.tokens), Double(model.reach))
  }

  /// A step on a few sequences, scaled by their number and length, and by that of steps and measurements.
  fileprivate func secondsOfTraining(threads: Int) throws -> Double? {
    guard let training = configuration.training, let steps = training.longestSteps else { return nil }
    let length = min(training.context + 1, max(trainable.shortestSequence, 1 << 12))
    let count = max(1, Self.quickTokens / length)
    let sampler = try ChainSampler(source)
    let trainable = trainable
    let pool = WorkerPool(threads: threads)
    let evaluator = trainable.evaluator(
      precision: training.precision == .float ? .float : .double, pool: pool)
    let flat = trainingStart
    var drawn = TokenSequences(count: count, length: length, tokens: source.tokens)
    let time = try Pace.seconds {
      try sampler.fill(&drawn, seed: 1, place: DrawPlace(.measurement), pool: pool)
      _ = try evaluator.prepare(drawn, for: .once).evaluate(at: flat, .gradient)
    }
    let token = time / Double(count * length)
    let batch: Double =
      switch training.data.sequences {
      case .fresh(let batch), .fixed(_, let batch): Double(batch)
      case .file(_, let batch): Double(batch ?? count)
      }
    let rows = StepGrid(training.measure).steps(until: steps)?.count ?? steps
    let sequences = Double(steps) * batch + Double(rows) * 2 * Double(training.heldOut.count)
    return token * sequences * Double(training.context + 1) * Double(training.seeds.count)
  }
}
