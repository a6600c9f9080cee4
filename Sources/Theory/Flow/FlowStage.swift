import InductionModel

/// A stretch of time in which some groups of parameters train.
public struct FlowStage: Hashable, Sendable {
  public var trained: [ParameterGroup]
  public var end: FlowStageEnd

  public init(trained: [ParameterGroup] = ParameterGroup.allCases, end: FlowStageEnd) {
    self.trained = trained
    self.end = end
  }
}

/// When a stage ends: at the first condition to hold, counted from the stage's start.
public struct FlowStageEnd: Hashable, Sendable {
  /// The cap: the longest that the stage may last, > 0.
  public var time: Double
  public var conditions: [FlowCondition]

  public init(time: Double, conditions: [FlowCondition] = []) {
    self.time = time
    self.conditions = conditions
  }
}

/// A condition on parameters or gradient that ends a stage.
public enum FlowCondition: Hashable, Sendable {
  /// The share of a set of heads reaches a value in (0, 1).
  case share(HeadSet, above: Double)
  /// Every head of a set gives its own lag at least this weight.
  case attention(HeadSet, above: Double)
  /// The Euclidean norm of the gradient of the trained groups falls to a bound.
  case gradientNorm(below: Double)
  /// The loss falls by at most this much per unit of time: −dL/dt, which without inertia is ‖∇L‖² of the trained groups.
  case lossRate(below: Double)

  public var name: String {
    switch self {
    case .share: "share"
    case .attention: "attention"
    case .gradientNorm: "gradient-norm"
    case .lossRate: "loss-rate"
    }
  }

  /// A function that passes from negative to positive where the condition begins to hold.
  ///
  func excess(_ parameters: Parameters, _ pace: FlowPace, model: ModelDefinition) -> Double {
    switch self {
    case .share(let set, above: let bound):
      guard let position = model.sets.firstIndex(of: set) else { return -bound }
      return parameters.shares(model)[position] - bound
    case .attention(let set, above: let bound):
      let weights = parameters.attentionWeights
      let own = set.members.map { head in
        model.ownLag(ofHead: head).map { weights[head - 1][$0 - model.lags(ofHead: head).lowerBound] } ?? 0
      }
      return (own.min() ?? 1) - bound
    case .gradientNorm(below: let bound): return bound - pace.gradientNorm
    case .lossRate(below: let bound): return bound - pace.lossRate
    }
  }
}

/// What conditions ask of a flow beside its point.
struct FlowPace {
  /// ‖∇L‖ of the trained groups.
  let gradientNorm: Double
  /// −dL/dt; negative where inertia carries the loss uphill.
  let lossRate: Double
}
