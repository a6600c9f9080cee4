/// An accepted state on the way, with what is known of its derivatives with respect to the clock.
struct Node: Codable, Hashable, Sendable {
  var reading: Double
  var time: Double
  var state: [Double]
  /// dy/dclock; for a predictor–corrector method that of the last iterate, which its history builds on.
  var slope: [Double]
  /// Whether the slope is accurate enough for dense output.
  var hasExactSlope: Bool
  /// d²y/dclock², d³y/dclock³; empty until dense output asks for them.
  var higher: [[Double]] = []

  /// How many derivatives of y, itself included, dense output can use.
  var data: Int { hasExactSlope ? 2 + higher.count : 1 }
}

/// The last accepted states, oldest first.
struct History {
  private(set) var nodes: [Node] = []
  /// Storage of states that are no longer wanted.
  private var spare: [Node] = []

  init(nodes: [Node] = []) { self.nodes = nodes }

  var last: Node { nodes[nodes.count - 1] }

  /// Takes over an accepted state. Allocates nothing once states have been forgotten.
  mutating func append(
    reading: Double, time: Double, state: [Double], slope: [Double], hasExactSlope: Bool
  ) {
    guard var node = spare.popLast() else {
      nodes.append(
        Node(reading: reading, time: time, state: state, slope: slope, hasExactSlope: hasExactSlope))
      return
    }
    node.hasExactSlope = hasExactSlope
    node.reading = reading
    node.time = time
    node.state.copy(from: state)
    node.slope.copy(from: slope)
    node.higher.removeAll(keepingCapacity: true)
    nodes.append(node)
  }

  /// Forgets the oldest states but so many.
  mutating func keep(_ count: Int) {
    while nodes.count > max(count, 1) { spare.append(nodes.removeFirst()) }
  }

  /// Puts in a state between two others.
  mutating func insert(_ node: Node, at index: Int) { nodes.insert(node, at: index) }

  mutating func removeLast(_ count: Int) { nodes.removeLast(count) }

  mutating func setHigher(_ higher: [[Double]], at index: Int) { nodes[index].higher = higher }

  /// Forgets all but the last state: what came before belongs to another smooth piece.
  mutating func keepLast() { keep(1) }

  mutating func replaceLast(state: [Double], slope: [Double], hasExactSlope: Bool) {
    nodes[nodes.count - 1].state = state
    nodes[nodes.count - 1].slope = slope
    nodes[nodes.count - 1].hasExactSlope = hasExactSlope
    nodes[nodes.count - 1].higher = []
  }
}

extension [Double] {
  /// Overwrites without allocating when the lengths agree.
  mutating func copy(from other: [Double]) {
    guard count == other.count else {
      self = other
      return
    }
    withUnsafeMutableBufferPointer { target in
      other.withUnsafeBufferPointer { _ = target.update(fromContentsOf: $0) }
    }
  }
}
