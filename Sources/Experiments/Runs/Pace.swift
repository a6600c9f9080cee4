import Foundation
import InductionModel
import MarkovChains
import Theory
import Transformer

/// How long the work of an experiment takes, from a few evaluations of a size that is done at once.
public struct Pace: Sendable {
  /// Seconds for the theory's loss with its gradient, once it is derived; nil where it cannot be told.
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

  fileprivate static func seconds(of loss: some LossFunction, at point: Parameters) throws -> Double {
    try seconds { _ = try loss.evaluate(point) }
  }
}

extension Experiment {
  /// Operations that are done in some tenths of a second.
  private static let quickOperations = 2e8
  /// Tokens that a step passes through as fast.
  private static let quickTokens = 1 << 16

  /// The infinite-context loss at the largest window that is quick, scaled by 4·N²·d·K; or the finite-context loss of a few
  /// sequences, scaled by their number.
  fileprivate func secondsOfGradient(threads: Int) throws -> Double? {
    let theory = configuration.theory
    switch theory.level {
    case .finiteContext:
      var set = try resolved(theory.sequences)
      let length = set.sequences.first?.count ?? 1
      let used = min(set.sequences.count, max(1, Self.quickTokens / length))
      let scale = Double(set.sequences.count) / Double(used)
      set = WeightedSequences(Array(set.sequences.prefix(used)))
      let loss = try FiniteContextLoss(
        model: model, loss: configuration.loss, sequences: set.sequences, weights: nil, threads: threads,
        memoryLimit: Resources.memory)
      return try Pace.seconds(of: loss, at: start) * scale
    case .infiniteContext, .leadingOrder:
      func operations(_ lags: Int) -> Double {
        let windows = pow(Double(source.tokens), Double(lags))
        return 4 * windows * windows * Double(source.tokens * source.kernels.count)
      }
      let span = model.reach - model.window
      guard let window = (1...model.window).last(where: { operations($0 + span) <= Self.quickOperations })
      else {
        return nil
      }
      // The reduced dynamics sum over tuples of lags, so that other windows say nothing of their pace.
      guard theory.level == .infiniteContext || window == model.window else { return nil }
      let smaller = try ModelDefinition(
        tokens: source.tokens, window: window, heads: model.heads, degree: model.degree,
        variant: model.variant)
      let laws = try WindowLaws(kernels: source.kernels, window: smaller.reach, threads: threads)
      let point = Parameters(model: smaller, own: 1, other: 0, coefficients: 1, scale: 0.01)
      let scale = operations(model.reach) / operations(smaller.reach)
      guard theory.level == .infiniteContext else {
        return try Pace.seconds(
          of: LeadingOrderLoss(
            model: smaller, loss: configuration.loss, laws: laws, order: theory.order, threads: threads,
            memoryLimit: Resources.memory), at: point)
      }
      return try Pace.seconds(
        of: InfiniteContextLoss(
          model: smaller, loss: configuration.loss, laws: laws, threads: threads,
          memoryLimit: Resources.memory), at: point) * scale
    }
  }

  /// A step on a few sequences, scaled by their number and length, and by that of steps and measurements.
  fileprivate func secondsOfTraining(threads: Int) throws -> Double? {
    guard let training = configuration.training, let steps = training.longestSteps else { return nil }
    let length = min(training.context + 1, max(shortestSequence, 1 << 12))
    let count = max(1, Self.quickTokens / length)
    let sampler = try ChainSampler(source)
    let transformer = DisentangledTransformer(model, loss: configuration.loss)
    let pool = WorkerPool(threads: threads)
    let evaluator = transformer.evaluator(
      precision: training.precision == .float ? .float : .double, pool: pool)
    let flat = start.flat
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
