import Flows

/// Sequences of a finite length L, as training sees them.
struct FiniteContextLevel: LevelDefinition {
  let name = "finite-context"
  let average = LevelAverage.sequences

  func loss(_ problem: LevelProblem) throws -> any LevelLoss {
    let set = try problem.sequences()
    return try FiniteContextLoss(
      model: problem.model, loss: problem.loss, sequences: set.sequences, weights: set.weights,
      parts: problem.parts, threads: problem.threads, memoryLimit: problem.memoryLimit)
  }

  func bytes(_ sizes: LevelSizes, threads: Int) -> Int {
    let parts = DefinitionParts(sizes.model.variant)
    guard sizes.sequences > 0,
      let layout = ContextLayout(sizes.model, parts, context: sizes.length - 1)
    else { return 0 }
    let batch = SequenceBatches.size(model: sizes.model, layout: layout, count: sizes.sequences)
    let expressions = FiniteContext(
      model: sizes.model, loss: sizes.loss, layout: layout, batch: batch, parts: parts)
    return expressions.model.parameters.bytes(of: expressions.loss, threads: threads)
  }

  func operations(_ sizes: LevelSizes) -> Double? { Double(sizes.sequences) * Double(sizes.length) }
}
