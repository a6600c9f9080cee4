/// A part of a run with its own right-hand side: another set of trained parameters.
public struct IntegrationStage {
  public var name: String
  /// On the full state; components that rest have y' = 0.
  public var system: ODESystem
  /// The longest it may last, in time from its start; > 0.
  public var duration: Double
  /// The first to hold ends the stage; one that holds from the start ends it at once.
  public var conditions: [IntegrationStageCondition]

  public init(
    _ name: String, system: ODESystem, duration: Double, until conditions: [IntegrationStageCondition] = []
  ) {
    self.name = name
    self.system = system
    self.duration = duration
    self.conditions = conditions
  }
}

/// What ends a stage before its time: a function that holds where it is ≥ 0.
public struct IntegrationStageCondition {
  public var name: String
  /// To how much time the end is located.
  public var tolerance: Double
  public var excess: Event.Function

  public init(_ name: String, tolerance: Double = 1e-12, excess: @escaping Event.Function) {
    self.name = name
    self.tolerance = tolerance
    self.excess = excess
  }

  /// A share, an attention weight or any other function of the state has risen to a threshold.
  public static func above(
    _ threshold: Double, _ name: String, of function: @escaping (_ state: [Double]) throws -> Double
  ) -> IntegrationStageCondition {
    IntegrationStageCondition(name) { _, state, _ in try function(state) - threshold }
  }

  /// A function of the state has fallen to a threshold.
  public static func below(
    _ threshold: Double, _ name: String, of function: @escaping (_ state: [Double]) throws -> Double
  ) -> IntegrationStageCondition {
    IntegrationStageCondition(name) { _, state, _ in try threshold - function(state) }
  }

  /// ‖y'‖₂, the norm of the gradient in a gradient flow, has fallen to a bound.
  public static func gradientNorm(below bound: Double) -> IntegrationStageCondition {
    IntegrationStageCondition("gradient-norm") { _, _, derivative in
      bound - derivative.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
  }

  /// −dL/dt = ‖y'‖₂² of a gradient flow has fallen to a rate.
  public static func lossRate(below rate: Double) -> IntegrationStageCondition {
    IntegrationStageCondition("loss-rate") { _, _, derivative in rate - derivative.reduce(0) { $0 + $1 * $1 }
    }
  }

  var event: Event { Event(name, direction: .rising, action: .stop, tolerance: tolerance, function: excess) }
}

/// How a stage ended.
public struct IntegrationStageEnd: Hashable, Sendable, Codable {
  public let stage: String
  public let start: Double
  public let time: Double
  public let state: [Double]
  /// The condition that held, or nil when its time was over.
  public let condition: String?
}

extension ODESystem {
  /// The same system in which only some components move. Second derivatives along the full flow no longer apply and
  /// are dropped.
  public func moving(only components: some Sequence<Int>) -> ODESystem {
    var rests = [Bool](repeating: true, count: dimension)
    for component in components where rests.indices.contains(component) { rests[component] = false }
    let resting = rests.indices.filter { rests[$0] }
    let (derivative, jacobian, count) = (derivative, jacobian, dimension)
    return ODESystem(
      dimension: dimension, names: names,
      jacobian: jacobian.map { jacobian in
        { time, state, matrix, timeDerivative in
          try jacobian(time, state, &matrix, &timeDerivative)
          for row in resting {
            for column in 0..<count { matrix[row * count + column] = 0 }
            timeDerivative[row] = 0
          }
        }
      },
      derivative: { time, state, slope in
        try derivative(time, state, &slope)
        for row in resting { slope[row] = 0 }
      })
  }
}
