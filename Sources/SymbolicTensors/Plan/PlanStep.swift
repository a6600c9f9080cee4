/// One thing that a plan does on its arrays.
protocol PlanStep: AnyObject {
  /// Once, when all that never changes is known.
  func prepare()

  /// - Parameter scratch: one a worker.
  func run(_ workers: Workers, scratch: [Buffer])
}

extension PlanStep {
  func prepare() {}
}

/// Brings an array's axes to another order, spreading repeated indices' diagonals.
final class GatherStep: PlanStep {
  private let source: Buffer
  private let target: Buffer
  private let extents: [Int]
  private let strides: [Int]

  /// - Parameters:
  ///   - layout: one index an axis of the source, repeats allowed.
  ///   - order: the target's indices.
  init(from source: Buffer, layout: [Index], to target: Buffer, order: [Index]) {
    self.source = source
    self.target = target
    extents = order.map(\.extent)
    let axisStrides = layout.indices.map { axis in Array(layout[(axis + 1)...]).size }
    strides = order.map { index in zip(layout, axisStrides).reduce(0) { $0 + ($1.0 == index ? $1.1 : 0) } }
  }

  func run(_ workers: Workers, scratch: [Buffer]) {
    guard let width = extents.last, let step = strides.last else {
      target.base[0] = source.base[0]
      return
    }
    let (source, target) = (source.base, target.base)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: extents.count) { counter in
      counter.initialize(repeating: 0)
      var (read, write) = (0, 0)
      while true {
        for position in 0..<width { target[write + position] = source[read + position * step] }
        write += width
        var dimension = extents.count - 2
        while dimension >= 0 {
          counter[dimension] += 1
          read += strides[dimension]
          if counter[dimension] < extents[dimension] { break }
          read -= strides[dimension] * extents[dimension]
          counter[dimension] = 0
          dimension -= 1
        }
        if dimension < 0 { return }
      }
    }
  }
}

/// The identity matrix of a delta.
final class DeltaStep: PlanStep {
  private let target: Buffer
  private let extent: Int

  init(extent: Int, target: Buffer) {
    self.extent = extent
    self.target = target
  }

  func run(_ workers: Workers, scratch: [Buffer]) {
    target.base.update(repeating: 0, count: target.count)
    for diagonal in 0..<extent { target.base[diagonal * extent + diagonal] = 1 }
  }
}
