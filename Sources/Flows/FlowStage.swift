import ParameterSpaces

/// A stretch of time in which some groups of parameters train.
public struct FlowStage {
  /// nil for all.
  public var trained: [ParameterGroup]?
  public var end: FlowStageEnd

  public init(trained: [ParameterGroup]? = nil, end: FlowStageEnd) {
    self.trained = trained
    self.end = end
  }
}

/// When a stage ends: at the first condition to hold, counted from the stage's start.
public struct FlowStageEnd {
  /// The cap: the longest that the stage may last, > 0.
  public var time: Double
  public var conditions: [FlowCondition]

  public init(time: Double, conditions: [FlowCondition] = []) {
    self.time = time
    self.conditions = conditions
  }
}

/// A condition on parameters or rates that ends a stage.
public struct FlowCondition {
  /// What ended a stage is called by it.
  public let name: String
  /// A function that passes from negative to positive where the condition begins to hold.
  let excess: (_ point: [Double], _ pace: FlowPace) -> Double

  /// All of several numbers reach a value. Of none it holds from the start.
  public static func reached(
    _ name: String, above bound: Double, _ numbers: @escaping (_ point: [Double]) -> [Double]
  ) -> FlowCondition {
    FlowCondition(name: name) { point, _ in (numbers(point).min() ?? 1) - bound }
  }

  /// The Euclidean norm of the gradient of the trained groups falls to a bound.
  public static func gradientNorm(below bound: Double) -> FlowCondition {
    FlowCondition(name: "gradient-norm") { bound - $1.gradientNorm }
  }

  /// The loss falls by at most this much per unit of time: −dL/dt, which without inertia is ‖∇L‖² of the trained groups.
  public static func lossRate(below bound: Double) -> FlowCondition {
    FlowCondition(name: "loss-rate") { bound - $1.lossRate }
  }
}

/// What conditions ask of a flow beside its point.
struct FlowPace {
  /// ‖∇L‖ of the trained groups.
  let gradientNorm: Double
  /// −dL/dt; negative where inertia carries the loss uphill.
  let lossRate: Double
}
