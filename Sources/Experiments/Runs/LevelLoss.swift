import Flows
import InductionModel
import MarkovChains
import SymbolicTensors
import Theory

extension Experiment {
  /// - Parameter sequences: what a level averages over that takes sequences.
  /// - Throws: `ConfigurationError`, `ChainError` or `TheoryError`, before anything large is allocated.
  public func loss(
    _ level: TheoryLevel, sequences: SequencesConfiguration, threads: Int
  ) throws -> any LevelLoss {
    if level.definition.average == .windows { _ = try Resources(level, of: self) }
    return try level.definition.loss(problem(sequences, threads: threads))
  }

  /// What a level is asked about.
  func problem(_ sequences: SequencesConfiguration, threads: Int) -> LevelProblem {
    LevelProblem(
      model: model, loss: configuration.loss, order: configuration.theory.order,
      laws: { try windowLaws(threads: threads) }, sequences: { try resolved(sequences) }, threads: threads,
      memoryLimit: Resources.memory)
  }

  /// Reads what only the theory's level looks at, and makes sure that every kernel has one stationary law: nothing
  /// of the size of the loss itself.
  ///
  /// - Throws: `ConfigurationError`, `ChainError` or `ProblemError`.
  func checkTheory(threads: Int) throws {
    let theory = configuration.theory
    try theory.solver.resolved.validate(dimension: model.parameterCount)
    if theory.level.definition.average == .sequences { _ = try resolved(theory.sequences) }
    if theory.level.definition.average == .windows || theory.stages.contains(where: \.until.needsSelectedSet)
    {
      _ = try Kernel.stationaryLaws(source.kernels, threads: threads)
    }
  }

  /// The shortest sequence, L+1, that the theory can read.
  var shortestSequence: Int { model.variant.keys == .all ? 2 : model.reach + 2 }

  func resolved(_ sequences: SequencesConfiguration) throws -> WeightedSequences {
    try resolved(sequences, shortest: shortestSequence)
  }

  /// - Parameter shortest: the fewest tokens, L + 1, that the model reads.
  func resolved(_ sequences: SequencesConfiguration, shortest: Int) throws -> WeightedSequences {
    switch sequences {
    case .file(let file):
      return WeightedSequences(try file.sequences(source.alphabet, shortest: shortest))
    case .all(let context):
      try check(context: context, shortest: shortest)
      return try WeightedSequences(allOf: source, context: context)
    case .drawn(let context, let count, let seed):
      try check(context: context, shortest: shortest)
      return try WeightedSequences(drawn: count, from: source, context: context, seed: seed)
    }
  }

  private func check(context: Int, shortest: Int) throws {
    guard context + 1 >= shortest else {
      throw ConfigurationError(
        .outOfRange, at: .configuration, keyPath: "theory.sequences.context", found: "\(context)",
        allowed: "at least \(shortest - 1), so that a key has a complete window")
    }
  }
}
