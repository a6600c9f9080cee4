import InductionModel
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

  public var tokens: Int { definition.tokens }

  public var shortestSequence: Int { shape.shortestSequence }

  public func evaluator(precision: Precision, pool: WorkerPool) -> any BatchEvaluator {
    AutomaticEvaluator(model: self, precision: precision, pool: pool)
  }
}
