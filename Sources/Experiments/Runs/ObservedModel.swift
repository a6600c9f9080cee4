import InductionModel
import ParameterSpaces
import Theory
import Transformer

/// What tables and summaries show of a point: the model's parameters and what it observes, by name.
struct ObservedModel: Sendable {
  let space: ParameterSpace
  /// Of the observables.
  let names: [String]
  /// In their order.
  let values: @Sendable (_ point: [Double]) -> [Double]

  init(_ model: any TrainableModel) {
    let observables = model.observables
    space = model.space
    names = observables.map(\.name)
    values = { point in observables.map { $0.value(point) } }
  }

  /// What a configuration trains.
  init(_ configuration: Configuration) {
    if configuration.architecture.definition.theory == .own {
      self.init(theoryOf: configuration.model)
    } else {
      self.init(configuration.trainable)
    }
  }

  /// The theory's model: σ and p by the definition's expressions.
  init(theoryOf model: ModelDefinition) {
    space = model.parameterSpace
    names = model.attentionWeightNames + model.shareNames
    values = { point in
      let quantities = Parameters(flat: point, model: model).quantities(model)
      return quantities.weights.flatMap { $0 } + quantities.shares
    }
  }

  /// Every number of a point by its name.
  func numbers(at point: [Double]) -> [String: Double] {
    Dictionary(zip(space.names + names, point + values(point))) { first, _ in first }
  }
}

/// What a point has of the disentangled model's quantities, by their names.
public struct NamedQuantities: Sendable {
  let model: ModelDefinition
  /// p, in the order of the definition's sets; nil for a model without.
  public let shares: [Double]?
  /// σ, `[head][lag]`, in the order of the lags that the head sees; nil for a model without.
  public let weights: [[Double]]?
  /// a; nil for a model without.
  public let scale: Double?

  /// - Parameter value: nil for a name that the model does not have.
  init(_ model: ModelDefinition, _ value: (_ name: String) -> Double?) {
    self.model = model
    func all(_ names: [String]) -> [Double]? {
      let found = names.compactMap(value)
      return found.count == names.count ? found : nil
    }
    shares = all(model.shareNames)
    weights = all(model.attentionWeightNames).map { weights in
      stride(from: 0, to: weights.count, by: model.window).map { Array(weights[$0..<$0 + model.window]) }
    }
    scale = value(ModelDefinition.scaleName)
  }

  init(_ model: ModelDefinition, _ observed: ObservedModel, at point: [Double]) {
    let numbers = observed.numbers(at: point)
    self.init(model) { numbers[$0] }
  }

  /// p_S with its set, largest first; empty for a model without.
  public var ranking: [(set: HeadSet, share: Double)] {
    zip(model.sets, shares ?? []).map { ($0, $1) }.sorted { ($1.share, $0.set) < ($0.share, $1.set) }
  }

  /// The set of heads with the largest share; nil for a model without shares.
  public var leader: (set: HeadSet, share: Double)? {
    guard let shares else { return nil }
    return zip(model.sets, shares).max { $0.1 < $1.1 }.map { ($0, $1) }
  }

  /// The least weight that a head of the set gives its own lag: 0 for a head without one, 1 for ∅; nil for a model
  /// without weights.
  public func leastOwnWeight(_ set: HeadSet) -> Double? {
    weights.map { weights in
      set.members.map { head in
        model.ownLag(ofHead: head).map { weights[head - 1][$0 - model.lags(ofHead: head).lowerBound] } ?? 0
      }.min() ?? 1
    }
  }
}
