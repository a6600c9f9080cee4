import InductionModel
import MarkovChains
import ParameterSpaces

/// Measures a model on held-out sequences.
final class Meter {
  private let space: ParameterSpace
  private let heldOut: PreparedBatch
  private let early: PreparedBatch
  private let probes: AttentionProbes
  private let observables: [Observable]
  private let invariants: [Observable]
  private let initialInvariants: [Double]

  /// - Throws: `SequenceError` when the model cannot take the sequences.
  init(
    _ model: any TrainableModel, heldOut sequences: TokenSequences, precision: Precision, seed: UInt64,
    pool: WorkerPool,
    initialInvariants: [Double]
  ) throws {
    space = model.space
    let evaluator = model.evaluator(precision: precision, pool: pool)
    heldOut = try evaluator.prepare(sequences, for: .many)
    early = try evaluator.prepare(sequences.prefix(model.earlyLength(of: sequences.length)), for: .many)
    probes = AttentionProbes(model, sequences: sequences, seed: seed, pool: pool)
    observables = model.observables
    invariants = model.invariants
    self.initialInvariants = initialInvariants
  }

  func measure(_ parameters: [Double], step: Int, time: Double, batchLoss: Double?) -> TrainingMeasurement {
    let found = heldOut.evaluate(at: parameters, [.gradient, .losses])
    let (losses, gradient) = (found.losses, found.gradient)
    let count = Double(losses.count)
    let loss = losses.reduce(0, +) / count
    let variance = losses.reduce(0) { $0 + ($1 - loss) * ($1 - loss) } / (count - 1)

    var values: [(name: String, value: Double)] = []
    for (invariant, initial) in zip(invariants, initialInvariants) {
      let value = invariant.value(parameters)
      values.append((invariant.name, value))
      values.append(("\(invariant.name) drift", value - initial))
    }
    values.append(("gradient-norm", euclideanNorm(gradient, [0..<space.count])))
    for group in space.groups {
      values.append(
        ("gradient-norm[\(group.rawValue)]", euclideanNorm(gradient, [space.range(of: group)])))
    }
    values += probes.measure(at: parameters)
    let earlyLosses = early.evaluate(at: parameters, .losses).losses
    values.append(("icl-score", loss - earlyLosses.reduce(0, +) / Double(earlyLosses.count)))
    return TrainingMeasurement(
      step: step, time: time, loss: loss, standardError: count > 1 ? (variance / count).squareRoot() : nil,
      batchLoss: batchLoss, parameters: parameters,
      observables: observables.map { ($0.name, $0.value(parameters)) }, values: values)
  }
}

extension TrainableModel {
  /// Sequences for the early loss of the in-context learning score: a tenth of the context, or the shortest that the
  /// model takes. The score is the loss at the full context minus the loss at this one.
  func earlyLength(of length: Int) -> Int {
    min(length, max(shortestSequence, (length - 1) / 10 + 1))
  }
}
