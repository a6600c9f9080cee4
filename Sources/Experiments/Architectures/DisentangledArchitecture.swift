import InductionModel
import Transformer

/// The paper's model, of which the theory is.
public struct DisentangledArchitecture: ModelArchitecture {
  public init() {}

  public let name = "disentangled"
  public let meaning = "The model whose dynamics the theory derives"
  public let theory = TheoryRelation.own

  public let initialKeys = [
    InitialKey("own", "Logit of each head's own lag", 1), InitialKey("other", "Logit of its other lags", 0),
    InitialKey("coefficients", "Every c", 1), InitialKey("scale", "a", 0.01),
  ]

  public func model(_ definition: ModelDefinition, loss: Loss) -> any TrainableModel {
    DisentangledTransformer(definition, loss: loss)
  }

  public func start(_ definition: ModelDefinition, _ values: InitialValues) -> [Double] {
    Parameters(
      model: definition, own: values.number("own"), other: values.number("other"),
      coefficients: values.number("coefficients"), scale: values.number("scale")
    ).flat
  }
}
