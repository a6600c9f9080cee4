/// Requested times and located events on their way to the observers, in order.
///
/// An interval between accepted steps is delivered once `lookahead` further steps are known, so that the polynomial
/// through its neighbours is centred on it.
final class OutputQueue {
  private let times: [Double]
  private let readings: [Double]
  private let everyStep: Bool
  private let lookahead: Int
  private var next = 0
  /// How many of the last intervals wait.
  private(set) var waiting = 0
  private(set) var waitingEvents: [Crossing] = []
  private(set) var deliveredOutputs = 0
  private(set) var deliveredEvents = 0
  private(set) var interpolationError: Double?

  init(_ grid: [Double]?, clock: Clock, lookahead: Int) {
    times = grid ?? []
    readings = times.map(clock.reading(at:))
    everyStep = grid == nil
    self.lookahead = lookahead
  }

  func intervalsAdded(_ count: Int) { waiting += count }

  /// Whether a requested time lies after one reading and before another.
  func wants(after low: Double, before high: Double) -> Bool {
    // Times before `next` are delivered; few lie between it and the last interval.
    var index = next
    while index < readings.count && readings[index] <= low { index += 1 }
    return index < readings.count && readings[index] < high
  }

  /// A crossing in the last interval.
  func add(_ crossing: Crossing) { waitingEvents.append(crossing) }

  func noteInterpolationError(_ error: Double) {
    guard error.isFinite else { return }
    interpolationError = max(interpolationError ?? 0, error)
  }

  func deliverStart(_ node: Node, _ observers: Observers) throws {
    if everyStep { try deliver(node.time, node.state, observers) }
    while next < readings.count && readings[next] <= node.reading {
      try deliver(times[next], node.state, observers)
      next += 1
    }
  }

  private func deliver(_ time: Double, _ state: [Double], _ observers: Observers) throws {
    deliveredOutputs += 1
    try observers.output?(time, state)
  }

  /// Takes up the state that a checkpoint holds.
  func resume(_ checkpoint: Checkpoint) {
    waiting = checkpoint.waitingIntervals
    waitingEvents = checkpoint.waitingEvents
    deliveredOutputs = checkpoint.deliveredOutputs
    deliveredEvents = checkpoint.deliveredEvents
    interpolationError = checkpoint.interpolationError
    let frontier = checkpoint.nodes[checkpoint.nodes.count - 1 - waiting].reading
    next = readings.firstIndex { $0 > frontier } ?? readings.count
  }

  /// Delivers the intervals whose neighbours are known; with `all`, every one.
  ///
  /// - Parameter beyond: how many of the last states only help to interpolate.
  func deliver(_ integration: Integration, all: Bool, beyond: Int = 0, _ observers: Observers) throws {
    waiting -= beyond
    while waiting > (all ? 0 : lookahead) {
      let right = integration.history.nodes.count - beyond - waiting
      try deliverInterval(integration, right: right, observers)
      waiting -= 1
    }
    if beyond == 0 { integration.history.keep(integration.solver.stepper.dense.nodes + waiting) }
  }

  private func deliverInterval(_ integration: Integration, right: Int, _ observers: Observers) throws {
    let frontier = integration.history.nodes[right].reading
    var isPrepared = false
    while true {
      let crossing = waitingEvents.first.flatMap { $0.reading <= frontier ? $0 : nil }
      let reading = next < readings.count && readings[next] <= frontier ? readings[next] : nil
      if let crossing, crossing.reading <= reading ?? .infinity {
        waitingEvents.removeFirst()
        deliveredEvents += 1
        try observers.event?(integration.occurrence(crossing))
      } else if let reading {
        if reading == frontier {
          try deliver(times[next], integration.history.nodes[right].state, observers)
        } else {
          if !isPrepared {
            try integration.prepareDense(right: right)
            noteInterpolationError(integration.dense.measuredError)
            isPrepared = true
          }
          integration.dense.value(at: reading, into: &integration.sample)
          try deliver(times[next], integration.sample, observers)
        }
        next += 1
      } else {
        break
      }
    }
    if everyStep {
      let node = integration.history.nodes[right]
      try deliver(node.time, node.state, observers)
    }
  }
}

extension Integration {
  /// Prepares `dense` for the interval that ends at `nodes[right]`. Higher derivatives are asked for only where the
  /// polynomial without them misses the tolerance.
  func prepareDense(right: Int) throws {
    let order = Self.nearest(history.nodes, right: right, count: solver.stepper.dense.nodes)
    func prepare() { dense.prepare(history.nodes, right: right, using: order, measure: measure) }
    prepare()
    guard dense.measuredError > 1, !system.higherDerivatives.isEmpty, !solver.stepper.isMultistep else {
      return
    }
    for index in order where history.nodes[index].higher.isEmpty {
      let node = history.nodes[index]
      let higher = try guarded {
        try rightHandSide.higherDerivatives(node.state, slope: node.slope, at: node.reading)
      }
      history.setHigher(higher, at: index)
    }
    prepare()
  }

  /// The interval's ends, then its neighbours by their distance from its middle. States much closer to one another
  /// than the interval is long are passed over: their differences are mostly rounding.
  static func nearest(_ nodes: [Node], right: Int, count: Int) -> [Int] {
    let middle = (nodes[right - 1].reading + nodes[right].reading) / 2
    var order = [right - 1, right]
    var (left, next) = (right - 2, right + 1)
    while order.count < count && (left >= 0 || next < nodes.count) {
      let takesLeft =
        left >= 0
        && (next >= nodes.count || middle - nodes[left].reading <= nodes[next].reading - middle)
      let candidate = takesLeft ? left : next
      if takesLeft { left -= 1 } else { next += 1 }
      let reading = nodes[candidate].reading
      let gap = order.reduce(Double.infinity) { min($0, abs(nodes[$1].reading - reading)) }
      if gap > 0.05 * (nodes[right].reading - nodes[right - 1].reading) { order.append(candidate) }
    }
    return order
  }

  func occurrence(_ crossing: Crossing) -> Occurrence {
    Occurrence(
      event: crossing.event, name: events[crossing.event].name, time: clock.time(at: crossing.reading),
      state: crossing.state, rising: crossing.rising)
  }
}
