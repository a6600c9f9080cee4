import InductionModel
import Transformer

/// A kind of model that configurations may train: all that experiments know of it, in one place.
///
/// A new one takes a `TrainableModel`, a type that conforms to this protocol, and an entry in `Architectures.own`. What
/// follows from the model's parameter space and observables is said nowhere else: columns of tables, groups of stages,
/// shapes of parameters files, checkpoints and exports.
///
/// Quantities meet by name. What a model calls as the disentangled one does (`w[h j]`, `c[S]`, `a`; `sigma[h j]`, `p[S]`)
/// is where the theory starts from, what it is laid over, and what summaries read shares and winners from.
public protocol ModelArchitecture: Sendable {
  /// As `model.architecture` writes it.
  var name: String { get }
  /// A sentence without a full stop, for the schema.
  var meaning: String { get }
  var theory: TheoryRelation { get }
  /// Of the definition where a configuration says nothing of `model.variant`.
  var variant: Variant { get }
  /// Keys of `initial`, with their defaults.
  var initialKeys: [InitialKey] { get }

  /// Whether the model can be of these sizes and this variant.
  ///
  /// - Throws: `ArchitectureRefusal`.
  func check(_ definition: ModelDefinition) throws(ArchitectureRefusal)
  /// - Parameter definition: one that `check` takes.
  func model(_ definition: ModelDefinition, loss: Loss) -> any TrainableModel
  /// Where training starts, in the order of the model's parameter space.
  ///
  /// - Parameter values: one for every key.
  func start(_ definition: ModelDefinition, _ values: InitialValues) -> [Double]
}

extension ModelArchitecture {
  public var variant: Variant { .paper }

  public func check(_ definition: ModelDefinition) throws(ArchitectureRefusal) {}
}

/// How the theory of the disentangled model stands to a model.
public enum TheoryRelation: Sendable {
  /// It is the model's own.
  case own
  /// It leaves parts of the model out, and can be laid over what both have.
  case reduced
  /// They have nothing in common.
  case none
}

/// Sizes or a variant that an architecture does not have.
public struct ArchitectureRefusal: Error, Hashable {
  /// Below `model`, such as `variant.windows`.
  public let key: String
  public let found: String
  public let allowed: String

  public init(key: String, found: String, allowed: String) {
    (self.key, self.found, self.allowed) = (key, found, allowed)
  }
}
