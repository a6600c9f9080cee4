import Flows
import InductionModel
import Numerics
import SymbolicTensors

/// The finite-context loss over a set of sequences, each with a weight, and its derived gradient. Sequences
/// are taken in batches, so memory does not grow with their number.
public final class FiniteContextLoss: PlannedLoss, LevelLoss {
  let expressions: FiniteContext
  let batches: SequenceBatches

  /// - Parameters:
  ///   - sequences: x_1...x_{L+1}, all of one length.
  ///   - weights: of each sequence in the mean; by default all the same.
  ///   - parts: in place of the variant's.
  /// - Throws: `TheoryError` for a sequence that the model cannot read, `PlanError`.
  public convenience init(
    model: ModelDefinition, loss: Loss, sequences: [[Int]], weights: [Double]? = nil,
    parts: DefinitionParts? = nil, threads: Int = 1, memoryLimit: Int = .max
  ) throws {
    try self.init(
      model: model, loss: loss, sequences: sequences, weights: weights, batch: nil, parts: parts,
      threads: threads, memoryLimit: memoryLimit)
  }

  /// - Parameter batch: sequences in one pass; by default as many as are fast.
  package init(
    model: ModelDefinition, loss: Loss, sequences: [[Int]], weights: [Double]? = nil, batch: Int?,
    parts: DefinitionParts? = nil, threads: Int = 1, memoryLimit: Int = .max
  ) throws {
    guard let first = sequences.first else { throw TheoryError.noSequences }
    let parts = parts ?? DefinitionParts(model.variant)
    guard let layout = ContextLayout(model, parts, context: first.count - 1) else {
      throw TheoryError.shortSequence(length: first.count, shortest: model.shortestContext(parts) + 1)
    }
    try Self.check(sequences, model: model)
    let size = batch ?? SequenceBatches.size(model: model, layout: layout, count: sequences.count)
    let expressions = FiniteContext(model: model, loss: loss, layout: layout, batch: size, parts: parts)
    self.expressions = expressions
    batches = SequenceBatches(expressions, sequences: sequences, weights: weights)
    try super.init(
      expressions.loss, of: expressions.model.parameters,
      PlanResources(constants: expressions.coefficients, threads: threads, memoryLimit: memoryLimit),
      batches: batches)
  }

  private static func check(_ sequences: [[Int]], model: ModelDefinition) throws {
    let length = sequences[0].count
    for (row, sequence) in sequences.enumerated() {
      guard sequence.count == length else {
        throw TheoryError.unequalSequences(length: sequence.count, expected: length, position: row)
      }
      if let wrong = sequence.firstIndex(where: { !(0..<model.tokens).contains($0) }) {
        throw TheoryError.token(
          sequence[wrong], sequence: row, position: wrong, tokens: model.tokens)
      }
    }
  }

  public var model: ModelDefinition { expressions.model.model }
  /// L.
  public var context: Int { expressions.layout.context }

  /// y, a row of d numbers per sequence.
  public func predictions(_ parameters: Parameters) throws -> LevelPredictions {
    let plan = try resources.plan([expressions.prediction])
    self.parameters.bind(parameters.flat, to: plan)
    var values: [Double] = []
    for batch in 0..<batches.count {
      for (symbol, numbers) in batches.numbers(of: batch) { plan.set(symbol, to: numbers) }
      plan.run()
      values += plan.output(0, over: [expressions.sequence, expressions.next])
        .prefix(batches.rows(batch).count * model.tokens)
    }
    return LevelPredictions(shape: [batches.sequences.count, model.tokens], values: values)
  }

  public override func explainNonFinite(_ point: [Double]) -> any Error {
    let loss = expressions.model.loss
    guard loss.criterion == .crossEntropy else { return TheoryError.notFinite }
    return expressions.model.negativePrediction ?? .infiniteLoss(epsilon: loss.epsilon)
  }

  /// The loss expression evaluated directly in another precision.
  package func directValue<Scalar: Real>(_ point: [Scalar]) -> Scalar {
    (0..<batches.count).reduce(0) { total, batch in
      let numbers = resources.constants.merging(batches.numbers(of: batch)) { $1 }
      return total
        + parameters.directValues(
          of: [expression], at: point, constants: numbers.mapValues { $0.map(Scalar.init) })[0][0]
    }
  }
}
