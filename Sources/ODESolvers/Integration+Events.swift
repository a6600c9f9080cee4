extension Integration {
  /// g at a state, by event. `slope` is dy/dclock.
  func evaluateEvents(time: Double, state: [Double], slope: [Double]) throws -> [Double] {
    guard !events.isEmpty else { return [] }
    return try events.indices.map { try evaluateEvent($0, time: time, state: state, slope: slope) }
  }

  private func evaluateEvent(_ index: Int, time: Double, state: [Double], slope: [Double]) throws -> Double {
    let rate = clock.rate(at: time)
    let derivative = rate == 1 ? slope : slope.map { $0 / rate }
    let value = try guarded { try events[index].function(time, state, derivative) }
    guard value.isFinite else { throw StepFailure(.nonFinite(.event(events[index].name)), step: step) }
    return value
  }

  /// Looks for events in the last interval. Records are queued; a terminal one cuts the interval short and, if it
  /// stops, is returned after everything before it has been delivered.
  func passEvents(_ observers: Observers) throws -> Occurrence? {
    guard !events.isEmpty else { return nil }
    for located in try findCrossings() {
      let isTerminal = events[located.event].isTerminal
      let crossing =
        isTerminal || !(eventDense.measuredError < 0.1) ? try refined(located) ?? located : located
      lastFired[crossing.event] = crossing.reading
      outputs.add(crossing)
      outputs.noteInterpolationError(eventDense.measuredError)
      guard isTerminal else { continue }
      cutInterval(at: crossing)
      try outputs.deliver(self, all: true, observers)
      if case .jump(let change) = events[crossing.event].action {
        try jump(change)
        return nil
      }
      return occurrence(crossing)
    }
    return nil
  }

  /// The crossings of the last interval in order, up to the first terminal one, located on dense output.
  private func findCrossings() throws -> [Crossing] {
    let nodes = history.nodes
    let right = nodes.count - 1
    eventDense.prepare(
      nodes, right: right, using: Self.nearest(nodes, right: right, count: solver.stepper.denseNodes),
      slopes: solver.stepper.denseUsesSlopes, control: control)
    let samples = events.reduce(1) { max($0, $1.samplesPerStep) }
    var found: [Crossing] = []
    var low = eventDense.start
    for index in 1...samples {
      let isLast = index == samples
      let high =
        isLast ? nodes[right].reading : eventDense.start + eventDense.length * Double(index) / Double(samples)
      let before = eventValues
      if isLast {
        sample.copy(from: nodes[right].state)
        sampleSlope.copy(from: nodes[right].slope)
      } else {
        eventDense.value(at: high, into: &sample, slope: &sampleSlope)
      }
      eventValues = try evaluateEvents(
        time: isLast ? nodes[right].time : clock.time(at: high), state: sample, slope: sampleSlope)
      var here: [Crossing] = []
      for event in events.indices {
        guard let rising = events[event].crossing(from: before[event], to: eventValues[event]) else {
          continue
        }
        let reading = try locate(event, between: low, and: high, last: eventValues[event])
        // A zero at the very start, or where the event has just fired, is the one that was left behind.
        let behind = lastFired[event] ?? startReading
        guard reading - behind > resolution(event, at: reading) else { continue }
        eventDense.value(at: reading, into: &sample)
        here.append(Crossing(event: event, reading: reading, state: sample, rising: rising))
      }
      here.sort { ($0.reading, $0.event) < ($1.reading, $1.event) }
      for crossing in here {
        found.append(crossing)
        if events[crossing.event].isTerminal { return found }
      }
      low = high
    }
    return found
  }

  /// To how much of the clock the event is located.
  private func resolution(_ event: Int, at reading: Double) -> Double {
    let time = clock.time(at: reading)
    return max(events[event].tolerance / abs(clock.rate(at: time)), 4 * reading.magnitude.ulp)
  }

  /// A zero of the event's function on `eventDense`; `last` is its value at `high`.
  private func locate(_ event: Int, between low: Double, and high: Double, last: Double) throws -> Double {
    guard last != 0 else { return high }
    return try firing.root(between: low, and: high, tolerance: resolution(event, at: high)) {
      [self] reading in
      eventDense.value(at: reading, into: &sample, slope: &sampleSlope)
      return try evaluateEvent(event, time: clock.time(at: reading), state: sample, slope: sampleSlope)
    }
  }

  /// Locates a crossing again with a state that the stepper itself computes beside it, so that its accuracy is that
  /// of the steps and not that of dense output. Nil where that cannot be had; then dense output stands.
  private func refined(_ crossing: Crossing) throws -> Crossing? {
    let nodes = history.nodes
    let right = nodes.count - 1
    let (left, end) = (nodes[right - 1], nodes[right])
    guard crossing.reading > left.reading, crossing.reading < end.reading,
      let anchor = try anchor(from: left, at: crossing.reading)
    else { return nil }
    var extended = nodes
    extended.insert(anchor, at: right)
    eventDense.prepare(
      extended, right: right,
      using: Self.nearest(extended, right: right, count: solver.stepper.denseNodes + 1), slopes: true,
      control: control)
    let event = crossing.event
    let value = { [self] (reading: Double) in
      eventDense.value(at: reading, into: &sample, slope: &sampleSlope)
      return try evaluateEvent(event, time: clock.time(at: reading), state: sample, slope: sampleSlope)
    }
    // The polynomial is accurate near the anchor: search there, on the side where the sign changes.
    var reach = max(resolution(event, at: crossing.reading), 1e-6 * (end.reading - left.reading))
    while true {
      let low = max(left.reading, crossing.reading - reach)
      let high = min(end.reading, crossing.reading + reach)
      let (before, after) = (try value(low), try value(high))
      if before == 0 || after == 0 || (before < 0) != (after < 0) {
        let root =
          after == 0
          ? high
          : try firing.root(
            between: low, and: high, tolerance: resolution(event, at: crossing.reading), of: value)
        eventDense.value(at: root, into: &sample, slope: &sampleSlope)
        return Crossing(event: event, reading: root, state: sample, rising: crossing.rising)
      }
      guard low > left.reading || high < end.reading else { return nil }
      reach *= 100
    }
  }

  /// A state inside the last interval, by a step of its own from the interval's left end.
  private func anchor(from left: Node, at reading: Double) throws -> Node? {
    guard solver.stepper != .msbdf else { return nil }
    if anchorStepper == nil {
      anchorStepper = try GSLStepper(
        solver.stepper == .msadams ? .rk8pd : solver.stepper, rightHandSide, tolerance: solver.tolerance,
        absolutes: control.absolutes)
    }
    guard let anchorStepper else { return nil }
    let length = reading - left.reading
    trial.copy(from: left.state)
    let passed = try guarded {
      try anchorStepper.attempt(
        at: left.reading, step: length, state: &trial, slope: solver.stepper.isMultistep ? nil : left.slope,
        error: &error)
    }
    guard passed,
      control.norm(error: error, before: left.state, after: trial, slope: left.slope, step: length) <= 1,
      try guarded({ try rightHandSide.evaluate(trial, at: reading) })
    else { return nil }
    return Node(
      reading: reading, time: clock.time(at: reading), state: trial, slope: rightHandSide.last.slope)
  }

  /// Ends the last interval at a terminal event.
  private func cutInterval(at crossing: Crossing) {
    eventDense.value(at: crossing.reading, into: &sample, slope: &sampleSlope)
    history.cutLast(
      at: Node(
        reading: crossing.reading, time: clock.time(at: crossing.reading), state: crossing.state,
        slope: sampleSlope))
  }

  /// Changes the state at the last node and starts afresh from there.
  private func jump(_ change: (Double, inout [Double]) throws -> Void) throws {
    var state = history.last.state
    try guarded { try change(history.last.time, &state) }
    guard state.count == system.dimension, state.allFinite else {
      throw StepFailure(
        .thrown(ProblemError.nonFinite("the state after an event's jump")), step: step)
    }
    history.keepLast()
    history.replaceLast(state: state, slope: history.last.slope)
    try refreshSlope()
    try gsl.restart()
    stepsSinceRestart = 0
    eventValues = try evaluateEvents(time: time, state: state, slope: history.last.slope)
    guard endReading > history.last.reading else { return }
    step = min(try chosenStep(), step)
    if solver.stepper.isMultistep { restartPoint = checkpoint() }
  }
}

extension Event {
  /// Whether going from one value to the next crosses zero in a direction that counts, and upwards or not. A zero
  /// counts where it is reached, not where it is left.
  func crossing(from before: Double, to after: Double) -> Bool? {
    let rising = before < 0 && after >= 0
    let falling = before > 0 && after <= 0
    switch direction {
    case .rising: return rising ? true : nil
    case .falling: return falling ? false : nil
    case .either: return rising || falling ? rising : nil
    }
  }
}
