/// A scalar function of the solution whose zeros are found on the way.
public struct Event {
  /// The function: (t, y, y') → g. y' is dy/dt from dense output.
  public typealias Function = (_ time: Double, _ state: [Double], _ derivative: [Double]) throws -> Double

  /// Which crossings of zero count, along the integration.
  public enum Direction: String, Hashable, Sendable, Codable { case rising, falling, either }

  /// What a crossing does.
  public enum Action {
    /// It is reported and the integration goes on.
    case record
    /// The integration ends there.
    case stop
    /// The state is changed there (a bounce, a switch) and the integration starts afresh from the changed state,
    /// within the same run; the event is armed again as soon as it has left its own zero.
    case jump((_ time: Double, _ state: inout [Double]) throws -> Void)
  }

  public var name: String
  public var direction: Direction
  public var action: Action
  /// To how much time a zero is located; rounding of t is the limit.
  public var tolerance: Double
  /// How often the function is looked at in each step: crossings closer than that cancel unseen.
  public var samplesPerStep: Int
  public var function: Function

  public init(
    _ name: String, direction: Direction = .either, action: Action = .record, tolerance: Double = 1e-12,
    samplesPerStep: Int = 4, function: @escaping Function
  ) {
    self.name = name
    self.direction = direction
    self.action = action
    self.tolerance = tolerance
    self.samplesPerStep = samplesPerStep
    self.function = function
  }

  var isTerminal: Bool {
    switch action {
    case .record: false
    case .stop, .jump: true
    }
  }
}

extension Event {
  /// One component (or any function of the state) reaches a value.
  public static func reaches(
    _ value: Double, _ name: String, direction: Direction = .either, action: Action = .stop,
    of function: @escaping (_ time: Double, _ state: [Double]) throws -> Double
  ) -> Event {
    Event(name, direction: direction, action: action) { time, state, _ in try function(time, state) - value }
  }

  /// ‖y'‖₂ falls below a bound: for a gradient flow, the norm of the gradient.
  public static func derivativeNorm(below bound: Double, action: Action = .stop) -> Event {
    Event("derivative-norm", direction: .falling, action: action) { _, _, derivative in
      derivative.reduce(0) { $0 + $1 * $1 }.squareRoot() - bound
    }
  }

  /// The loss of a gradient flow y' = −∇L falls more slowly than the rate: −dL/dt = ‖y'‖² < `rate`.
  public static func lossRate(below rate: Double, action: Action = .stop) -> Event {
    Event("loss-rate", direction: .falling, action: action) { _, _, derivative in
      derivative.reduce(0) { $0 + $1 * $1 } - rate
    }
  }
}

/// A zero of an event's function.
public struct Occurrence: Hashable, Sendable {
  /// Position of the event in the integration's list.
  public let event: Int
  public let name: String
  public let time: Double
  /// The state there; before the change for a `jump`.
  public let state: [Double]
  public let rising: Bool
}
