import InductionModel
import MarkovChains
import ParameterSpaces

/// TF(M, H, d, D), the disentangled two-attention-layer transformer with every variant of its definition, on tokens.
///
/// Source: arXiv 2409.10559, section 3. Written without the symbolic layer: the two derivations check each other.
public struct DisentangledTransformer: TrainableModel {
  public let definition: ModelDefinition
  public let loss: Loss

  public init(_ definition: ModelDefinition, loss: Loss) {
    self.definition = definition
    self.loss = loss
  }

  var shape: PassShape { PassShape(definition: definition) }

  public var identity: String {
    let variant = definition.variant
    return "disentangled tokens=\(definition.tokens) window=\(definition.window) heads=\(definition.heads) "
      + "degree=\(definition.degree) windows=\(variant.windows.rawValue) "
      + "normalization=\(variant.normalization.rawValue) keys=\(variant.keys.rawValue) "
      + "feature-norm=\(variant.featureNorm.rawValue) coefficients=\(variant.coefficients.rawValue) "
      + "second-layer=\(variant.secondLayer.rawValue) criterion=\(loss.criterion.rawValue) "
      + "epsilon=\(loss.epsilon)"
  }

  public var space: ParameterSpace { definition.parameterSpace }

  public var observables: [Observable] {
    let (definition, window) = (definition, definition.window)
    let weights = definition.attentionWeightNames.enumerated().map { entry, name in
      Observable(name) { flat in
        let row = entry / window * window
        return softmax(Array(flat[row..<row + window]))[entry - row]
      }
    }
    let coefficients = definition.parameterSpace.range(of: .coefficients)
    let shares = definition.shareNames.enumerated().map { set, name in
      Observable(name) {
        LayerWeights<Double>.shares(Array($0[coefficients]), definition.variant.coefficients)[set]
      }
    }
    return weights + shares
  }

  public var invariants: [Observable] {
    let definition = definition
    let coefficients = definition.parameterSpace.range(of: .coefficients)
    let total: Observable =
      switch definition.variant.coefficients {
      case .square: Observable("C") { $0[coefficients].reduce(0) { $0 + $1 * $1 } }
      case .softmax: Observable("sum c") { $0[coefficients].reduce(0, +) }
      // The loss is of degree 0 in c: the flow is orthogonal to c, so that Σc² stands still here too.
      case .absolute: Observable("sum c^2") { $0[coefficients].reduce(0) { $0 + $1 * $1 } }
      }
    let rows = (0..<definition.heads).map { head in
      Observable("sum w[\(head + 1)]") { flat in
        flat[head * definition.window..<(head + 1) * definition.window].reduce(0, +)
      }
    }
    return [total] + rows
  }

  public var matchingSets: [HeadSet] {
    HeadSet.all(heads: min(definition.heads, definition.reach), degree: definition.degree)
      .filter { !$0.members.isEmpty }
  }

  public func check(_ sequences: TokenSequences) throws {
    guard sequences.count > 0 else { throw SequenceError.empty }
    guard sequences.tokens <= definition.tokens else {
      throw ModelMismatch.alphabet(sequences: sequences.tokens, model: definition.tokens)
    }
    guard sequences.length >= shape.shortestSequence else {
      throw SequenceError.tooShort(
        sequence: 0, length: sequences.length, required: shape.shortestSequence)
    }
  }

  public func evaluator(precision: Precision, pool: WorkerPool) -> any BatchEvaluator {
    AutomaticEvaluator(model: self, precision: precision, pool: pool)
  }
}

extension DisentangledTransformer {
  /// Loss, gradient and predictions at one point on the given sequences, whose lengths may differ.
  ///
  /// - Parameters:
  ///   - sequences: x_1...x_{L+1}, [sequence][L + 1].
  ///   - weights: of each sequence in the mean; by default all the same.
  /// - Throws: `SequenceError` naming the sequence that the model cannot take.
  public func evaluate(
    _ parameters: Parameters, on sequences: [[Int]], weights: [Double]? = nil, pool: WorkerPool = WorkerPool()
  ) throws -> Evaluation {
    guard !sequences.isEmpty else { throw SequenceError.empty }
    for (row, sequence) in sequences.enumerated() {
      guard sequence.count >= shape.shortestSequence else {
        throw SequenceError.tooShort(
          sequence: row, length: sequence.count, required: shape.shortestSequence)
      }
      if let wrong = sequence.firstIndex(where: { !(0..<definition.tokens).contains($0) }) {
        throw SequenceError.tokenOutOfRange(
          sequence: row, position: wrong + 1, token: sequence[wrong], tokens: definition.tokens)
      }
    }
    let weights = weights ?? Array(repeating: 1 / Double(sequences.count), count: sequences.count)
    var loss = 0.0
    var gradient = Array(repeating: 0.0, count: parameterCount)
    var predictions = Array(repeating: [Double](), count: sequences.count)
    let evaluator = evaluator(precision: .double, pool: pool)
    // A batch is the plain mean over sequences of one length: one for each length and weight.
    let groups = Dictionary(grouping: sequences.indices) {
      Group(length: sequences[$0].count, weight: weights[$0])
    }
    for (group, rows) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
      let batch = try evaluator.prepare(
        TokenSequences(rows.map { sequences[$0] }, tokens: definition.tokens), for: .many)
      let values = batch.evaluate(at: parameters.flat, [.gradient, .predictions])
      let share = group.weight * Double(rows.count)
      loss += share * values.loss
      for entry in gradient.indices { gradient[entry] += share * values.gradient[entry] }
      for (row, prediction) in zip(rows, values.predictions) { predictions[row] = Array(prediction) }
    }
    return Evaluation(
      loss: loss, gradient: Parameters(flat: gradient, model: definition), predictions: predictions)
  }

  private struct Group: Hashable {
    let length: Int
    let weight: Double
  }

  /// What `evaluate` finds.
  public struct Evaluation: Sendable {
    /// The weighted mean over the sequences.
    public let loss: Double
    public let gradient: Parameters
    /// y, [sequence][token].
    public let predictions: [[Double]]
  }
}

/// A model and something else that do not belong together.
public enum ModelMismatch: Error, Equatable {
  case alphabet(sequences: Int, model: Int)
}

extension ModelMismatch: CustomStringConvertible {
  public var description: String {
    switch self {
    case .alphabet(let sequences, let model):
      "the sequences have an alphabet of \(sequences), the model one of \(model)"
    }
  }
}
