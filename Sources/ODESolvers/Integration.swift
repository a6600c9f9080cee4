/// One initial value problem on its way: steps, outputs, events.
///
/// An object of this class is used by one thread at a time; different objects are independent.
public final class Integration {
  public let system: ODESystem
  public let solver: Solver
  public let start: Double
  public let end: Double

  let clock: Clock
  /// Measures by the tolerance of one step.
  var control: StepControl
  /// Measures by the tolerance that was asked for.
  let measure: StepControl
  /// Measures by the tolerance of one step of the method that the one at work is compared with, if there is one.
  let rivalControl: StepControl?
  let rightHandSide: RightHandSide
  let events: [Event]
  let conserved: [ConservedQuantity]
  let endReading: Double
  let startReading: Double
  let firing = RootFinder()
  /// The method at work: the solver's stepper, or the one of those that it chooses from.
  var method: Stepper
  var stepping: any Stepping
  /// Set where the solver's stepper chooses between two methods.
  var chooser: MethodChooser?
  var history: History
  /// The step to be tried next, on the clock.
  var step = 0.0
  var stepsSinceRestart = 0
  /// How many intervals the last step has added: one, or more where states were computed inside of it.
  var newIntervals = 0

  let outputs: OutputQueue
  var dense: DenseOutput
  var eventDense: DenseOutput
  var eventValues: [Double] = []
  var lastFired: [Double?]
  var drifts: [Drift] = []
  var stability = StabilityWatch()
  var restartPoint: Checkpoint?
  var isStarted = false
  private var mustStartAfresh = false
  /// For short steps to located events; made when first wanted.
  var anchorStepping: (any Stepping)?

  // Work space, so that steps allocate nothing.
  var trial: [Double]
  var error: [Double]
  var sample: [Double]
  var sampleSlope: [Double]

  /// - Parameters:
  ///   - start: the time of the initial state.
  ///   - end: the time to reach; before `start` the integration runs backwards.
  ///   - drifts: of the conserved quantities so far, where an earlier integration is gone on with.
  /// - Throws: `ProblemError`.
  public convenience init(
    _ system: ODESystem, from start: Double, state: [Double], to end: Double, solver: Solver = Solver(),
    outputs: OutputTimes = .none, events: [Event] = [], conserved: [ConservedQuantity] = [],
    drifts: [Drift] = []
  ) throws {
    try self.init(
      system, start: start, end: end, solver: solver, outputs: outputs, events: events, conserved: conserved,
      counts: Counts())
    guard state.count == system.dimension else {
      throw ProblemError.wrongLength(of: "initial values", found: state.count, expected: system.dimension)
    }
    guard state.allFinite else { throw ProblemError.nonFinite("the initial state") }
    self.drifts = drifts
    history.append(
      reading: startReading, time: start, state: state, slope: [Double](repeating: 0, count: state.count),
      hasExactSlope: method.dense.usesSlopes)
  }

  init(
    _ system: ODESystem, start: Double, end: Double, solver: Solver, outputs: OutputTimes, events: [Event],
    conserved: [ConservedQuantity], counts: Counts
  ) throws {
    guard system.dimension > 0 else {
      throw ProblemError.outOfRange("dimension", found: Double(system.dimension), allowed: "at least 1")
    }
    guard start.isFinite, end.isFinite else { throw ProblemError.nonFinite("the interval of time") }
    if solver.time == .logarithmic {
      try ProblemError.check("start", start, start > -1, allowed: "above −1 in logarithmic time")
      try ProblemError.check("end", end, end > -1, allowed: "above −1 in logarithmic time")
    }
    try solver.validate(dimension: system.dimension)
    let absolutes = try solver.tolerance.absolutes(dimension: system.dimension)
    self.system = system
    self.solver = solver
    self.start = start
    self.end = end
    self.events = events
    self.conserved = conserved
    clock = Clock(scale: solver.time, direction: end < start ? -1 : 1)
    startReading = clock.reading(at: start)
    endReading = clock.reading(at: end)
    measure = StepControl(stepper: solver.stepper, tolerance: solver.tolerance, absolutes: absolutes)
    rightHandSide = RightHandSide(
      system: solver.stepper.choice == nil ? system : system.withAnyJacobian, clock: clock, counts: counts)
    method = solver.stepper.choice?.nonStiff ?? solver.stepper
    control = try StepControl(ofOneStep: method, solver.tolerance, dimension: system.dimension)
    rivalControl =
      if case .outpaced(by: let rival) = method.stability {
        try StepControl(ofOneStep: rival, solver.tolerance, dimension: system.dimension)
      } else { nil }
    stepping = try method.make(rightHandSide, tolerance: solver.tolerance.local(method))
    chooser = solver.stepper.choice.map { _ in MethodChooser() }
    history = History()
    self.outputs = OutputQueue(
      try outputs.grid(from: start, to: end), clock: clock, lookahead: solver.stepper.dense.lookahead)
    dense = DenseOutput(dimension: system.dimension)
    eventDense = dense
    lastFired = Array(repeating: nil, count: events.count)
    trial = [Double](repeating: 0, count: system.dimension)
    error = trial
    sample = trial
    sampleSlope = trial
  }

  /// The last accepted time.
  public var time: Double { history.last.time }
  /// The last accepted state.
  public var state: [Double] { history.last.state }
  public var counts: Counts { rightHandSide.counts }

  /// Integrates to the end, a terminal event or cancellation. Called again after one of the latter two, it goes on.
  ///
  /// - Throws: `IntegrationFailure` when the problem defeats the stepper, with the last accepted state; what the
  ///   observers throw, as it is.
  public func run(_ observers: Observers = Observers()) throws -> Outcome {
    do {
      try begin(observers)
      while history.last.reading < endReading {
        if observers.isCancelled?() == true { return outcome(.cancelled) }
        if mustStartAfresh {
          try outputs.deliver(self, all: true, observers)
          try startAfresh()
        }
        let taken = try advance()
        try densify()
        if let occurrence = try passEvents(observers) { return outcome(.event(occurrence)) }
        try monitor()
        try outputs.deliver(self, all: false, observers)
        observers.progress?(progress(taken))
        if let spectrum = observers.spectrum, counts.accepted % spectrum.interval == 0 {
          spectrum.receive(try guarded { try self.spectrum() })
        }
        try offerCheckpoint(observers)
      }
      try outputs.deliver(self, all: true, observers)
      try finishDerivative()
      return outcome(.reachedEnd)
    } catch let failure as StepFailure {
      mustStartAfresh = isStarted
      // What waits for later steps is delivered with what there is.
      try outputs.deliver(self, all: true, observers)
      throw IntegrationFailure(
        reason: failure.reason, time: time, state: state, step: failure.step, counts: counts,
        stepper: solver.stepper, limitedByStability: solver.stepper.choice == nil && stability.isLimited)
    }
  }

  private func begin(_ observers: Observers) throws {
    guard !isStarted else { return }
    isStarted = true
    let node = history.last
    try refreshSlope()
    eventValues = try evaluateEvents(time: node.time, state: node.state, slope: history.last.slope)
    if drifts.isEmpty {
      drifts = try conserved.map {
        Drift(name: $0.name, initial: try $0.function(node.time, node.state), largest: 0)
      }
    }
    try outputs.deliverStart(node, observers)
    guard endReading > node.reading else { return }
    step = try solver.steps.first ?? chosenStep()
    if solver.stepper.isMultistep { restartPoint = checkpoint() }
  }

  /// Says that the right-hand side is another one from here on: a parameter that its closure reads has changed.
  /// Nothing that was known of the old one is used any more; the same state goes on. May be called between runs and from
  /// the observers.
  public func systemHasChanged() { mustStartAfresh = isStarted }

  /// Goes on from the last state as if the run began there. After a failure, too: a failed attempt leaves a multistep
  /// stepper's history half changed, which it would take for that of an accepted step.
  private func startAfresh() throws {
    mustStartAfresh = false
    try startAfresh(from: state)
    step = try chosenStep()
    if solver.stepper.isMultistep { restartPoint = checkpoint() }
  }

  /// Evaluates y' at the last state and keeps it as its slope.
  func refreshSlope() throws {
    let node = history.last
    rightHandSide.clearFault()
    guard try guarded({ try rightHandSide.evaluate(node.state, at: node.reading) }) else {
      throw StepFailure(.nonFinite(rightHandSide.fault ?? .derivative("?")), step: 0)
    }
    history.replaceLast(
      state: node.state, slope: rightHandSide.last.slope,
      hasExactSlope: node.hasExactSlope || method.dense.usesSlopes)
  }

  /// A first step from the last state, whose slope is exact. One right-hand side.
  func chosenStep() throws -> Double {
    let node = history.last
    let span = endReading - node.reading
    let probe = control.probe(state: node.state, slope: node.slope, span: span)
    for index in trial.indices { trial[index] = node.state[index] + probe * node.slope[index] }
    rightHandSide.clearFault()
    guard try guarded({ try rightHandSide.evaluate(trial, at: node.reading + probe) }) else {
      return min(probe / 10, solver.steps.largest)
    }
    return control.firstStep(
      probe: probe, state: node.state, slope: node.slope, probed: rightHandSide.last.slope, span: span)
  }

  /// A multistep stepper has no derivative at its last state: the run's last one is evaluated, and checked.
  private func finishDerivative() throws {
    if solver.stepper.isMultistep { try refreshSlope() }
  }

  private func monitor() throws {
    for (index, quantity) in conserved.enumerated() {
      let value = try quantity.function(time, state)
      drifts[index].largest = max(drifts[index].largest, abs(value - drifts[index].initial))
    }
  }

  private func progress(_ taken: Double) -> Progress {
    Progress(
      time: time, step: taken, nextStep: step,
      fraction: (history.last.reading - startReading) / (endReading - startReading), counts: counts)
  }

  private func outcome(_ end: Outcome.End) -> Outcome {
    let node = history.last
    let rate = clock.rate(at: node.time)
    return Outcome(
      end: end, time: node.time, state: node.state, derivative: node.slope.map { $0 / rate }, counts: counts,
      interpolationError: outputs.interpolationError, drifts: drifts,
      suggestion: suggestion)
  }

  private var suggestion: String? {
    guard solver.stepper.choice == nil, stability.wasLimited, 10 * stability.limitedSteps >= counts.accepted
    else { return nil }
    return "stability, not accuracy, limited \(stability.limitedSteps) of \(counts.accepted) steps of "
      + "\(solver.stepper.rawValue): try auto, or msbdf"
  }

  /// Runs what may throw the system's own errors, and marks them as such.
  func guarded<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch { throw StepFailure(.thrown(error), step: step) }
  }
}

/// A failure on its way to `run`, which knows the rest.
struct StepFailure: Error {
  let reason: IntegrationFailure.Reason
  let step: Double

  init(_ reason: IntegrationFailure.Reason, step: Double) {
    self.reason = reason
    self.step = step
  }
}
