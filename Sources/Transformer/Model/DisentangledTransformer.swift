import InductionModel
import MarkovChains

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

  public var blocks: [ParameterBlock] {
    ParameterGroup.allCases.map { group in
      let range = definition.range(of: group)
      let shape =
        switch group {
        case .attention: [definition.heads, definition.window]
        case .coefficients: [range.count]
        case .scale: [1]
        }
      return ParameterBlock(name: group.rawValue, range: range, shape: shape)
    }
  }

  public var parameterNames: [String] { definition.parameterNames }

  public var observables: [Observable] {
    let (definition, window) = (definition, definition.window)
    let weights = definition.attentionWeightNames.enumerated().map { entry, name in
      Observable(name) { flat in
        let row = entry / window * window
        return softmax(Array(flat[row..<row + window]))[entry - row]
      }
    }
    let shares = definition.shareNames.enumerated().map { set, name in
      Observable(name) { Parameters(flat: $0, model: definition).shares(definition)[set] }
    }
    return weights + shares
  }

  public var invariants: [Observable] {
    let definition = definition
    let coefficients = definition.range(of: .coefficients)
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

  public func attention(at parameters: [Double], on sequence: ArraySlice<UInt16>) -> SequenceAttention {
    let weights = LayerWeights(Parameters(flat: parameters, model: definition), shape: shape)
    var pass = SequencePass(weights: weights, loss: loss, length: sequence.count)
    _ = pass.forward(sequence)
    var keys = Array(repeating: 0.0, count: pass.context)
    for (row, weight) in pass.classifier.attention.enumerated() { keys[pass.positions[row]] = weight }
    let depth = shape.depth(at: pass.context)
    let lags = (0..<definition.heads).map { head in
      let row = weights.index(depth: depth, head: head)
      return Array(weights.copier[row..<row + definition.reach])
    }
    return SequenceAttention(keys: keys, lags: lags)
  }
}

extension DisentangledTransformer {
  /// Loss, gradient and predictions at one point on the given sequences, whose lengths may differ.
  ///
  /// - Throws: `SequenceError` naming the sequence that the model cannot take.
  public func evaluate(
    _ parameters: Parameters, on sequences: [[Int]], pool: WorkerPool = WorkerPool()
  ) throws -> Evaluation {
    guard !sequences.isEmpty else { throw SequenceError.empty }
    for (row, sequence) in sequences.enumerated() where sequence.count < shape.shortestSequence {
      throw SequenceError.tooShort(
        sequence: row, length: sequence.count, required: shape.shortestSequence)
    }
    var total = 0.0
    var sum = Array(repeating: 0.0, count: parameterCount)
    var predictions = Array(repeating: [Double](), count: sequences.count)
    let flat = parameters.flat
    for (_, rows) in Dictionary(grouping: sequences.indices, by: { sequences[$0].count }).sorted(by: {
      $0.key < $1.key
    }) {
      let batch = try TokenSequences(rows.map { sequences[$0] }, tokens: definition.tokens)
      let evaluator = evaluator(precision: .double, pool: pool)
      try evaluator.load(batch)
      var gradient = sum
      total += try Double(rows.count) * evaluator.lossAndGradient(at: flat, gradient: &gradient)
      for entry in sum.indices { sum[entry] += Double(rows.count) * gradient[entry] }
      for (row, prediction) in zip(rows, evaluator.predictions(at: flat)) { predictions[row] = prediction }
    }
    let count = Double(sequences.count)
    return Evaluation(
      loss: total / count, gradient: Parameters(flat: sum.map { $0 / count }, model: definition),
      predictions: predictions)
  }

  /// What `evaluate` finds.
  public struct Evaluation: Sendable {
    /// The mean over the sequences.
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
