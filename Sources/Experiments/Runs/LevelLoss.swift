import InductionModel
import MarkovChains
import Theory

/// The loss at one level of theory, ready to be evaluated.
public enum LevelLoss {
  case infiniteContext(InfiniteContextLoss)
  case finiteContext(FiniteContextLoss)
  case leadingOrder(LeadingOrderLoss)

  public var function: any LossFunction {
    switch self {
    case .infiniteContext(let loss): loss
    case .finiteContext(let loss): loss
    case .leadingOrder(let loss): loss
    }
  }

  /// `[kernel][query window][token]`, or a row of d numbers per sequence.
  func prediction(_ parameters: Parameters) throws -> JSON {
    switch self {
    case .infiniteContext(let loss):
      .array(try loss.prediction(parameters).map { .array($0.map { .numbers($0) }) })
    case .leadingOrder(let loss):
      .array(try loss.prediction(parameters).map { .array($0.map { .numbers($0) }) })
    case .finiteContext(let loss): .array(try loss.prediction(parameters).map { .numbers($0) })
    }
  }
}

extension Experiment {
  /// - Parameter sequences: what the finite-context level averages over.
  /// - Throws: `ConfigurationError` or `ChainError`, before anything large is allocated.
  public func loss(
    _ level: TheoryLevel, sequences: SequencesConfiguration, threads: Int
  ) throws -> LevelLoss {
    switch level {
    case .infiniteContext:
      _ = try Resources(infiniteContextOf: self)
      return .infiniteContext(
        try InfiniteContextLoss(
          model: model, loss: configuration.loss, laws: windowLaws(threads: threads),
          threads: threads, memoryLimit: Resources.memory))
    case .finiteContext:
      let set = try resolved(sequences)
      return .finiteContext(
        try FiniteContextLoss(
          model: model, loss: configuration.loss, sequences: set.sequences, weights: set.weights,
          threads: threads, memoryLimit: Resources.memory))
    case .leadingOrder:
      _ = try Resources(infiniteContextOf: self)
      return .leadingOrder(
        try LeadingOrderLoss(
          model: model, loss: configuration.loss, laws: windowLaws(threads: threads),
          order: configuration.theory.order, threads: threads, memoryLimit: Resources.memory))
    }
  }

  /// Reads what only the theory's level looks at, and makes sure that every kernel has one stationary law: nothing
  /// of the size of the loss itself.
  ///
  /// - Throws: `ConfigurationError`, `ChainError` or `ProblemError`.
  func checkTheory(threads: Int) throws {
    let theory = configuration.theory
    try theory.solver.resolved.validate(dimension: model.parameterCount)
    if theory.level == .finiteContext { _ = try resolved(theory.sequences) }
    if theory.level != .finiteContext || theory.stages.contains(where: \.until.needsSelectedSet) {
      _ = try Kernel.stationaryLaws(source.kernels, threads: threads)
    }
  }

  /// The shortest sequence, L+1, that the model can read.
  var shortestSequence: Int { model.variant.keys == .all ? 2 : model.reach + 2 }

  func resolved(_ sequences: SequencesConfiguration) throws -> WeightedSequences {
    switch sequences {
    case .file(let file):
      return WeightedSequences(try file.sequences(source.alphabet, shortest: shortestSequence))
    case .all(let context):
      try check(context: context)
      return try WeightedSequences(allOf: source, context: context)
    case .drawn(let context, let count, let seed):
      try check(context: context)
      return try WeightedSequences(drawn: count, from: source, context: context, seed: seed)
    }
  }

  private func check(context: Int) throws {
    guard context + 1 >= shortestSequence else {
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "theory.sequences.context", found: "\(context)",
        allowed: "at least \(shortestSequence - 1), so that a key has a complete window")
    }
  }
}
