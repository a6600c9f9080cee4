import InductionModel
import Transformer

/// What is left of the model without its second layer.
public struct OneLayerArchitecture: ModelArchitecture {
  public init() {}

  public let name = "one-layer"
  public let meaning = "One attention layer that knows positions alone, as an ablation"
  public let theory = TheoryRelation.none
  public let initialKeys = [InitialKey("other", "Logit of every lag", 0)]

  public func model(_ definition: ModelDefinition, loss: Loss) -> any TrainableModel {
    OneLayerTransformer(definition, loss: loss)
  }

  public func start(_ definition: ModelDefinition, _ values: InitialValues) -> [Double] {
    Array(repeating: values.number("other"), count: definition.reach + 1)
  }
}
