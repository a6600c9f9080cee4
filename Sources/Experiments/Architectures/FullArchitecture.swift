import InductionModel
import Transformer

/// The full transformer of the paper's appendix B, of which the theory's model keeps w, c and a.
public struct FullArchitecture: ModelArchitecture {
  public init() {}

  public let name = "full"
  public let meaning =
    "The paper's full transformer: query, key and value maps, LayerNorm, and rectified inner products"
  public let theory = TheoryRelation.reduced
  public let variant = Variant.referenceCode

  public let initialKeys = [
    InitialKey("own", "Logit of each head's own lag", 3),
    InitialKey("other", "Logit of its other lags", 0.01),
    InitialKey(
      "query", "Every query map: this number times the identity, or independent normal numbers",
      .numberOrNormal, .number(0.001)),
    InitialKey("key", "Every key map, as query", .numberOrNormal, .number(0.001)),
    InitialKey("value", "Every value map, as query", .numberOrNormal, .number(0.001)),
    InitialKey("gain", "Every number of LayerNorm's gain", 1),
    InitialKey("bias", "Every number of LayerNorm's bias", 0),
    InitialKey("coefficients", "Every c", 0.01), InitialKey("scale", "a", 0.01),
    InitialKey("seed", "Of the normal numbers", .seed, .seed(1)),
  ]

  public func check(_ definition: ModelDefinition) throws(ArchitectureRefusal) {
    let variant = definition.variant
    guard variant.normalization == .l2 else {
      throw ArchitectureRefusal(
        key: "variant.normalization", found: variant.normalization.rawValue,
        allowed: "l2, in whose place LayerNorm stands")
    }
    guard variant.featureNorm == .constant else {
      throw ArchitectureRefusal(
        key: "variant.feature-norm", found: variant.featureNorm.rawValue, allowed: "constant")
    }
    let count = FullTransformer.parameterCount(definition)
    guard count <= FullTransformer.mostParameters else {
      throw ArchitectureRefusal(
        key: "heads",
        found: "\(definition.heads) heads over \(definition.tokens) tokens, \(count) parameters",
        allowed: "at most \(FullTransformer.mostParameters) parameters")
    }
  }

  public func model(_ definition: ModelDefinition, loss: Loss) -> any TrainableModel {
    FullTransformer(definition, loss: loss)
  }

  public func start(_ definition: ModelDefinition, _ values: InitialValues) -> [Double] {
    var start = FullParameters(
      model: definition, own: values.number("own"), other: values.number("other"), maps: 0,
      coefficients: values.number("coefficients"), scale: values.number("scale"))
    func map(_ name: String, _ number: UInt32) -> [Double] {
      switch values[name] {
      case .normal(let deviation):
        FullParameters.normalMaps(definition, deviation: deviation, seed: values.seed, number: number)
      default: FullParameters.identityMaps(definition, values.number(name))
      }
    }
    start.query = map("query", 0)
    start.key = map("key", 1)
    start.value = map("value", 2)
    start.gain = start.gain.map { _ in values.number("gain") }
    start.bias = start.bias.map { _ in values.number("bias") }
    return start.flat
  }
}
