/// A part of the model that is taken away, before training or altogether.
public enum Ablation: String, CaseIterable, Codable, Sendable {
  case oneLayer = "one-layer"
  case noProducts = "no-products"
  case noNormalization = "no-normalization"
  case noFeatureNorm = "no-feature-norm"
  case oneHead = "one-head"
  case fixedCopy = "fixed-copy"

  /// What is left, as a sentence without a full stop.
  public var meaning: String {
    switch self {
    case .oneLayer: "the query attends to the positions before it by their distance alone"
    case .noProducts: "D = 1: no products of heads"
    case .noNormalization: "the outputs of the heads are not normalized"
    case .noFeatureNorm: "the features are not divided by the square root of C"
    case .oneHead: "H = 1 and D = 1: one head"
    case .fixedCopy: "the first layer does not train: each head copies its own lag"
    }
  }
}
