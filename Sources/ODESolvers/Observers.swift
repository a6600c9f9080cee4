/// What an integration tells while it runs. Every closure is optional and called on the thread that runs.
public struct Observers {
  /// A state at a requested time, in order. An error that it throws ends the integration and is rethrown as it is.
  public var output: ((_ time: Double, _ state: [Double]) throws -> Void)?
  /// A located event, in order with the outputs.
  public var event: ((Occurrence) throws -> Void)?
  /// After every accepted step.
  public var progress: ((Progress) -> Void)?
  /// After every accepted step: true ends the integration there. Outputs that wait for later steps are then left to
  /// a resumed run.
  public var isCancelled: (() -> Bool)?
  /// A point from which the run can be resumed to the same bits: after every accepted step of a one-step stepper,
  /// at the restart points of a multistep one. Building one copies a few states; call the closure's argument only
  /// when it is wanted.
  public var checkpoint: ((_ make: () -> Checkpoint) throws -> Void)?
  /// The spectrum of the Jacobian after every so many accepted steps; each costs a Jacobian and its eigenvalues.
  public var spectrum: SpectrumObserver?

  public init(
    output: ((_ time: Double, _ state: [Double]) throws -> Void)? = nil,
    event: ((Occurrence) throws -> Void)? = nil, progress: ((Progress) -> Void)? = nil,
    isCancelled: (() -> Bool)? = nil, checkpoint: ((_ make: () -> Checkpoint) throws -> Void)? = nil,
    spectrum: SpectrumObserver? = nil
  ) {
    self.output = output
    self.event = event
    self.progress = progress
    self.isCancelled = isCancelled
    self.checkpoint = checkpoint
    self.spectrum = spectrum
  }
}

/// Looks at the Jacobian's eigenvalues along a trajectory.
public struct SpectrumObserver {
  /// In accepted steps, at least 1.
  public let interval: Int
  public let receive: (Spectrum) -> Void

  public init(every interval: Int, _ receive: @escaping (Spectrum) -> Void) {
    self.interval = max(1, interval)
    self.receive = receive
  }
}

/// How far an integration has come.
public struct Progress: Sendable {
  public let time: Double
  /// The step just taken and the one to be tried next, in units of the integration variable.
  public let step: Double
  public let nextStep: Double
  /// From 0 to 1, in the integration variable.
  public let fraction: Double
  public let counts: Counts
}

/// How an integration ended.
public struct Outcome: Sendable {
  public enum End: Sendable, Hashable {
    case reachedEnd
    /// A terminal event; `time` and `state` are its own.
    case event(Occurrence)
    case cancelled
  }

  public let end: End
  public let time: Double
  public let state: [Double]
  /// dy/dt at the end.
  public let derivative: [Double]
  public let counts: Counts
  /// The largest error of dense output that was measured where outputs or events asked for it, in units of the
  /// tolerance; nil where none was asked for or too few steps were taken to measure it.
  public let interpolationError: Double?
  /// The largest change of each conserved quantity over the accepted steps.
  public let drifts: [Drift]
  /// What to try, set when the stepper's steps were limited by stability rather than accuracy.
  public let suggestion: String?
}

/// A function of the state that the exact solution keeps constant.
public struct ConservedQuantity {
  public var name: String
  public var function: (_ time: Double, _ state: [Double]) throws -> Double

  public init(_ name: String, _ function: @escaping (_ time: Double, _ state: [Double]) throws -> Double) {
    self.name = name
    self.function = function
  }
}

/// How far a conserved quantity has moved.
public struct Drift: Hashable, Sendable, Codable {
  public let name: String
  public let initial: Double
  /// max |q(t) − q(0)| over the accepted steps.
  public internal(set) var largest: Double
}
