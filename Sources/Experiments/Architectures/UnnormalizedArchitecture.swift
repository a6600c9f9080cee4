import InductionModel
import Transformer

/// The disentangled model without the division of its features by √C.
public struct UnnormalizedArchitecture: ModelArchitecture {
  public init() {}

  private let disentangled = DisentangledArchitecture()

  public let name = "unnormalized"
  public let meaning = "The disentangled model without the division by C, as an ablation"
  public let theory = TheoryRelation.none
  public var initialKeys: [InitialKey] { disentangled.initialKeys }

  public func check(_ definition: ModelDefinition) throws(ArchitectureRefusal) {
    let variant = definition.variant
    guard variant.featureNorm == .constant else {
      throw ArchitectureRefusal(
        key: "variant.feature-norm", found: variant.featureNorm.rawValue,
        allowed: Variant.FeatureNorm.constant.rawValue)
    }
    guard UnnormalizedTransformer.exists(variant) else {
      throw ArchitectureRefusal(
        key: "variant.coefficients", found: variant.coefficients.rawValue,
        allowed: "square or absolute: C is 1 with others")
    }
  }

  public func model(_ definition: ModelDefinition, loss: Loss) -> any TrainableModel {
    UnnormalizedTransformer(definition, loss: loss)
  }

  public func start(_ definition: ModelDefinition, _ values: InitialValues) -> [Double] {
    disentangled.start(definition, values)
  }
}
