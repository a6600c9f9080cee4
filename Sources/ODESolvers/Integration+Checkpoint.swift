extension Integration {
  /// Takes up a run where a checkpoint left it. Given the same system, solver, outputs and events, it goes on to the
  /// same bits as if it had never stopped, and delivers exactly the outputs and events after
  /// `deliveredOutputs` and `deliveredEvents`.
  ///
  /// - Throws: `ProblemError.checkpointMismatch` where the checkpoint belongs to another kind of run.
  public convenience init(
    _ system: ODESystem, resuming checkpoint: Checkpoint, to end: Double, solver: Solver,
    outputs: OutputTimes = .none, events: [Event] = [], conserved: [ConservedQuantity] = []
  ) throws {
    try self.init(
      system, start: checkpoint.start, end: end, solver: solver, outputs: outputs, events: events,
      conserved: conserved, counts: checkpoint.counts)
    func require(_ holds: Bool, _ what: String) throws {
      guard holds else { throw ProblemError.checkpointMismatch(what) }
    }
    try require(checkpoint.format == 1, "format \(checkpoint.format) is not 1")
    try require(
      checkpoint.stepper == solver.stepper.rawValue,
      "it was made with \(checkpoint.stepper), not \(solver.stepper.rawValue)")
    try require(
      checkpoint.timeScale == solver.time,
      "it was made in \(checkpoint.timeScale.rawValue), not \(solver.time.rawValue) time")
    try require(
      !checkpoint.nodes.isEmpty && (0..<checkpoint.nodes.count).contains(checkpoint.waitingIntervals)
        && checkpoint.nodes.allSatisfy {
          $0.state.count == system.dimension && $0.slope.count == system.dimension
        }, "its states do not have \(system.dimension) components")
    try require(
      checkpoint.lastFired.count == events.count,
      "it was made with \(checkpoint.lastFired.count) events, not \(events.count)")
    try require(
      checkpoint.drifts.map(\.name) == conserved.map(\.name), "it was made with other conserved quantities")
    history = History(nodes: checkpoint.nodes)
    self.outputs.resume(checkpoint)
    step = checkpoint.step
    stepsSinceRestart = checkpoint.stepsSinceRestart
    lastFired = checkpoint.lastFired
    drifts = checkpoint.drifts
    stability = checkpoint.stability
    chooser = checkpoint.chooser
    if let stiff = solver.stepper.choice?.stiff, checkpoint.method == stiff.rawValue { try take(stiff) }
    let node = history.last
    eventValues = try evaluateEvents(time: node.time, state: node.state, slope: node.slope)
    isStarted = true
    restartPoint = checkpoint
  }

  /// Where this run can be resumed from: now for a one-step stepper, the last restart point for a multistep one;
  /// nil before the run has begun.
  public var resumePoint: Checkpoint? {
    guard isStarted else { return nil }
    return solver.stepper.isMultistep ? restartPoint : checkpoint()
  }

  func offerCheckpoint(_ observers: Observers) throws {
    guard let offer = observers.checkpoint else { return }
    guard solver.stepper.isMultistep else { return try offer { self.checkpoint() } }
    if stepsSinceRestart == 1, let restartPoint { try offer { restartPoint } }
  }

  func checkpoint() -> Checkpoint {
    Checkpoint(
      time: time, state: state, stepper: solver.stepper.rawValue, timeScale: solver.time, start: start,
      deliveredOutputs: outputs.deliveredOutputs, deliveredEvents: outputs.deliveredEvents, counts: counts,
      drifts: drifts, step: step, stepsSinceRestart: stepsSinceRestart, nodes: history.nodes,
      waitingIntervals: outputs.waiting, waitingEvents: outputs.waitingEvents, lastFired: lastFired,
      interpolationError: outputs.interpolationError, stability: stability,
      method: method.rawValue, chooser: chooser)
  }
}
