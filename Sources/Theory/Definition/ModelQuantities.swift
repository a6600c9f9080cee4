import Flows
import InductionModel
import SymbolicTensors

import class Foundation.NSLock

/// σ^h and p_S in numbers, evaluated from the definition's expressions. May be used from several threads.
public struct ModelQuantities: @unchecked Sendable {
  public let model: ModelDefinition
  // Nothing is added to their graph any more.
  private let parameters: ParameterSymbols
  private let expressions: [Expression]

  /// - Parameter parts: in place of the variant's.
  public init(_ model: ModelDefinition, parts: DefinitionParts? = nil) {
    self.model = model
    let definition = ModelExpressions(ExpressionGraph(), model: model, loss: Loss(), parts: parts)
    parameters = definition.parameters
    expressions =
      (1...model.heads).map { definition.attentionWeights(ofHead: $0, over: definition.lag) }
      + definition.shares
  }

  /// At a flat point.
  public func callAsFunction(_ point: [Double]) -> Values {
    let found = parameters.directValues(of: expressions, at: point, constants: [:])
    return Values(
      model: model, weights: Array(found.prefix(model.heads)),
      shares: found.dropFirst(model.heads).map { $0[0] })
  }

  public struct Values: Sendable {
    let model: ModelDefinition
    /// σ, `[head][lag]`, in the order of the lags that the head sees.
    public let weights: [[Double]]
    /// p, in the order of the model's sets.
    public let shares: [Double]

    /// The weight that every head of a set gives its own lag; 0 for a head that does not see it.
    public func ownWeights(_ set: HeadSet) -> [Double] {
      set.members.map { head in
        model.ownLag(ofHead: head).map { weights[head - 1][$0 - model.lags(ofHead: head).lowerBound] } ?? 0
      }
    }

    /// nil for a set that has no coefficient.
    public func share(_ set: HeadSet) -> Double? {
      model.sets.firstIndex(of: set).map { shares[$0] }
    }
  }
}

extension FlowCondition {
  /// The share of a set of heads reaches a value in (0, 1); one that has no coefficient has none.
  public static func share(_ set: HeadSet, above bound: Double, by quantities: ModelQuantities)
    -> FlowCondition
  {
    .reached("share", above: bound) { [quantities($0).share(set) ?? 0] }
  }

  /// Every head of a set gives its own lag at least this weight.
  public static func attention(_ set: HeadSet, above bound: Double, by quantities: ModelQuantities)
    -> FlowCondition
  {
    .reached("attention", above: bound) { quantities($0).ownWeights(set) }
  }
}

extension Parameters {
  /// σ and p of a variant that the program knows.
  public func quantities(_ model: ModelDefinition) -> ModelQuantities.Values {
    KnownQuantities.shared.of(model)(flat)
  }
}

/// Those of each model, derived when they are first asked for.
private final class KnownQuantities: @unchecked Sendable {
  static let shared = KnownQuantities()
  private let lock = NSLock()
  private var known: [ModelDefinition: ModelQuantities] = [:]

  func of(_ model: ModelDefinition) -> ModelQuantities {
    lock.withLock {
      let found = known[model] ?? ModelQuantities(model)
      known[model] = found
      return found
    }
  }
}
