/// States that the stepper computes inside an interval, by a step of their own from its left end. They cost the
/// evaluations of a step and are used where the polynomial through accepted states is too coarse: at events, and for
/// the long steps of implicit steppers.
extension Integration {
  /// A state between `left` and the node after it; nil where the stepper cannot give one within its tolerance.
  func anchor(from left: Node, at reading: Double) throws -> Node? {
    let stepper: Stepper
    switch method.dense.anchor {
    case .none: return nil
    case .own: stepper = method
    case .other(let other): stepper = other
    }
    let anchorStepping =
      try self.anchorStepping
      ?? stepper.make(rightHandSide, tolerance: solver.tolerance.local(method))
    self.anchorStepping = anchorStepping
    let length = reading - left.reading
    guard
      try attempt(from: left, step: length, by: anchorStepping, slope: method.isMultistep ? nil : left.slope),
      control.norm(error: error, before: left.state, after: trial, slope: left.slope, step: length) <= 1,
      try guarded({ try rightHandSide.evaluate(trial, at: reading) })
    else { return nil }
    return Node(
      reading: reading, time: clock.time(at: reading), state: trial, slope: rightHandSide.last.slope,
      hasExactSlope: method.dense.usesSlopes)
  }

  /// Puts states inside the last interval where dense output is wanted and misses the tolerance.
  ///
  /// Explicit steppers take steps that their neighbours interpolate well, and get one such state only at the very end,
  /// where the last interval has neighbours on one side alone.
  func densify() throws {
    let nodes = history.nodes
    let right = nodes.count - 1
    let (left, end) = (nodes[right - 1], nodes[right])
    let isLast = end.reading == endReading
    let depth: Int
    switch method.dense.insertion {
    case .nowhere: return
    case .atTheEnd: depth = isLast ? 1 : 0
    case .everywhere: depth = 6
    }
    guard depth > 0 else { return }
    guard !events.isEmpty || outputs.wants(after: left.reading, before: end.reading) else { return }
    let inserted = try subdivide(right: right, depth: depth)
    outputs.intervalsAdded(inserted)
    newIntervals += inserted
  }

  /// Halves the interval that ends at `nodes[right]` until its measured error is within the tolerance. Returns how many
  /// states it has put in.
  private func subdivide(right: Int, depth: Int) throws -> Int {
    guard depth > 0 else { return 0 }
    let nodes = history.nodes
    eventDense.prepare(
      nodes, right: right, using: Self.nearest(nodes, right: right, count: solver.stepper.dense.nodes),
      measure: measure)
    guard eventDense.measuredError > 1 else { return 0 }
    let left = nodes[right - 1]
    let middle = left.reading + (nodes[right].reading - left.reading) / 2
    guard middle > left.reading, middle < nodes[right].reading,
      let anchor = try anchor(from: left, at: middle)
    else { return 0 }
    history.insert(anchor, at: right)
    let before = try subdivide(right: right, depth: depth - 1)
    return 1 + before + (try subdivide(right: right + before + 1, depth: depth - 1))
  }
}
