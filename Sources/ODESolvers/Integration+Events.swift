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

  /// Looks for events in what the last step has added. Records are queued; a terminal one ends the run there and, if
  /// it stops, is returned after everything before it has been delivered.
  func passEvents(_ observers: Observers) throws -> Occurrence? {
    guard !events.isEmpty else { return nil }
    let count = history.nodes.count
    for right in count - newIntervals..<count {
      for located in try findCrossings(right: right) {
        let isTerminal = events[located.event].isTerminal
        outputs.noteInterpolationError(eventDense.measuredError)
        let crossing =
          isTerminal || !(eventDense.measuredError < 0.1)
          ? try refined(located, right: right) ?? located : located
        lastFired[crossing.event] = crossing.reading
        outputs.add(crossing)
        guard isTerminal else { continue }
        try cut(at: crossing, right: right, observers)
        if case .jump(let change) = events[crossing.event].action {
          try jump(change)
          return nil
        }
        try startAfresh(from: history.last.state)
        return occurrence(crossing)
      }
    }
    return nil
  }

  /// The crossings of an interval in order, up to the first terminal one, located on dense output.
  private func findCrossings(right: Int) throws -> [Crossing] {
    let nodes = history.nodes
    eventDense.prepare(
      nodes, right: right, using: Self.nearest(nodes, right: right, count: solver.stepper.dense.nodes),
      measure: measure)
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
  private func refined(_ crossing: Crossing, right: Int) throws -> Crossing? {
    let nodes = history.nodes
    let (left, end) = (nodes[right - 1], nodes[right])
    guard crossing.reading > left.reading, crossing.reading < end.reading,
      let anchor = try anchor(from: left, at: crossing.reading)
    else { return nil }
    var extended = nodes
    extended.insert(anchor, at: right)
    eventDense.prepare(
      extended, right: right,
      using: Self.nearest(extended, right: right, count: solver.stepper.dense.nodes + 1), measure: measure)
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

  /// Ends the run at a terminal event: delivers what comes before it, and makes it the last state.
  private func cut(at crossing: Crossing, right: Int, _ observers: Observers) throws {
    eventDense.value(at: crossing.reading, into: &sample, slope: &sampleSlope)
    let node = Node(
      reading: crossing.reading, time: clock.time(at: crossing.reading), state: crossing.state,
      slope: sampleSlope, hasExactSlope: method.dense.usesSlopes)
    // At a state that was accepted the event adds nothing between the two.
    let isNew = crossing.reading < history.nodes[right].reading
    if isNew { history.insert(node, at: right) }
    outputs.intervalsAdded(isNew ? 1 : 0)
    let beyond = history.nodes.count - 1 - right
    try outputs.deliver(self, all: true, beyond: beyond, observers)
    history.removeLast(beyond)
  }

  /// Changes the state at the last node and goes on from there.
  private func jump(_ change: (Double, inout [Double]) throws -> Void) throws {
    var state = history.last.state
    try guarded { try change(history.last.time, &state) }
    guard state.count == system.dimension else {
      throw StepFailure(
        .thrown(ProblemError.lengthChanged(found: state.count, expected: system.dimension)), step: step)
    }
    if let culprit = state.firstIndex(where: { !$0.isFinite }) {
      throw StepFailure(.nonFinite(.state(system.name(ofComponent: culprit))), step: step)
    }
    try startAfresh(from: state)
    if endReading > history.last.reading { step = min(try chosenStep(), step) }
    if solver.stepper.isMultistep { restartPoint = checkpoint() }
  }

  /// Forgets what came before the last node, whose state becomes the given one.
  func startAfresh(from state: [Double]) throws {
    history.keepLast()
    history.replaceLast(
      state: state, slope: history.last.slope, hasExactSlope: history.last.hasExactSlope)
    try refreshSlope()
    try stepping.restart()
    stability.forget()
    chooser?.startAfresh()
    stepsSinceRestart = 0
    eventValues = try evaluateEvents(time: time, state: state, slope: history.last.slope)
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
