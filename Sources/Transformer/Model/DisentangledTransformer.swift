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

  var shape: PassShape { PassShape(definition: definition, firstLayer: .copier) }

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
    definition.attentionWeights(at: 0) + definition.shares(of: space.range(of: .coefficients))
  }

  public var invariants: [Observable] {
    let window = definition.window
    let rows = (0..<definition.heads).map { head in
      Observable("sum w[\(head + 1)]") { $0[head * window..<(head + 1) * window].reduce(0, +) }
    }
    return [definition.conservedTotal(of: space.range(of: .coefficients))] + rows
  }

  public var matchingSets: [HeadSet] { definition.matchingSets }

  public var tokens: Int { definition.tokens }

  public var shortestSequence: Int { shape.shortestSequence }
}
