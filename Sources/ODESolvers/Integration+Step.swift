extension Integration {
  /// Takes one accepted step, however many attempts it needs. Returns its length.
  func advance() throws -> Double {
    try changeMethod()
    if method.isMultistep && stepsSinceRestart >= solver.restartInterval { try restart() }
    return try stepOrRenounce()
  }

  func takeStep() throws -> Double {
    let node = history.last
    let remaining = endReading - node.reading
    var step = max(min(self.step, solver.steps.largest), solver.steps.smallest)
    var landing = step >= remaining
    if landing {
      step = remaining
    } else if !method.isMultistep && 2 * step > remaining {
      // Two equal steps rather than a full one and a crumb.
      step = remaining / 2
    }
    let floor = max(solver.steps.smallest, 4 * node.reading.magnitude.ulp)
    var growthAllowed = true
    while true {
      guard rightHandSide.counts.attempts < solver.steps.count else {
        throw StepFailure(.tooManySteps(limit: solver.steps.count), step: step)
      }
      rightHandSide.clearFault()
      let order = stepping.order
      let error = try attempt(node, step: step)
      if error <= 1, try accept(node, step: step, landing: landing) {
        rightHandSide.counts.accepted += 1
        stepsSinceRestart += 1
        let growth = control.growth(error: error, order: stepping.order)
        self.step = step * (growthAllowed ? growth : min(growth, 1))
        watchStability(step: step)
        return step
      }
      rightHandSide.counts.rejected += 1
      let mayRepeat = method.control.repeatsFailures && error == .infinity && rightHandSide.fault == nil
      if !(mayRepeat && growthAllowed) {
        step *= control.shrinkage(error: error <= 1 ? .infinity : error, order: order)
        landing = false
      }
      growthAllowed = false
      guard step >= floor else {
        if let fault = rightHandSide.fault { throw StepFailure(.nonFinite(fault), step: step) }
        throw StepFailure(.stepTooSmall(smallest: floor), step: step)
      }
    }
  }

  /// Tries a step into `trial`; its error relative to the tolerance, infinite when it failed.
  private func attempt(_ node: Node, step: Double) throws -> Double {
    guard try attempt(from: node, step: step, by: stepping, slope: knowsSlope ? node.slope : nil)
    else { return .infinity }
    return control.norm(error: error, before: node.state, after: trial, slope: node.slope, step: step)
  }

  /// Tries a step into `trial` and its error into `error`. Returns whether it got through.
  func attempt(from node: Node, step: Double, by stepping: any Stepping, slope: [Double]?) throws -> Bool {
    trial.copy(from: node.state)
    // GSL's sanity checks return success without doing anything: then these stay.
    for index in error.indices { error[index] = .nan }
    if let slope { rightHandSide.beginStep(at: node.reading, slope: slope) }
    return try guarded {
      try stepping.attempt(at: node.reading, step: step, state: &trial, slope: slope, error: &error)
    }
  }

  /// Whether the last node's slope is dy/dclock itself, so that GSL need not evaluate it.
  private var knowsSlope: Bool {
    !method.isMultistep || stepsSinceRestart == 0 || solver.tolerance.derivativeWeight > 0
  }

  /// Takes `trial` over as the next state, if its derivative is finite.
  private func accept(_ node: Node, step: Double, landing: Bool) throws -> Bool {
    let reading = landing ? endReading : node.reading + step
    if !method.isMultistep {
      guard try guarded({ try rightHandSide.evaluate(trial, at: reading) }) else { return false }
    }
    history.append(
      reading: reading, time: landing ? end : clock.time(at: reading), state: trial,
      slope: rightHandSide.last.slope, hasExactSlope: method.dense.usesSlopes)
    outputs.intervalsAdded(1)
    newIntervals = 1
    return true
  }

  /// Starts a multistep stepper afresh from the last state: part of every run, so that a run resumed here is the
  /// same. The step is that of a method of order one.
  private func restart() throws {
    try stepping.restart()
    stability.startAfresh()
    chooser?.startAfresh()
    try goOnAfresh()
  }

  /// Goes on from the last state with a stepper that has no history.
  func goOnAfresh() throws {
    try refreshSlope()
    stepsSinceRestart = 0
    step = min(try chosenStep(), step)
    restartPoint = checkpoint()
  }
}
