/// Writes arrays side by side along one axis of another.
final class JoinStep: PlanStep {
  /// An array with its axes, and which of them are part of the joined one.
  struct Part<Array> {
    let array: Array
    let domain: [Index]
    let axes: [Index]
  }

  private struct Source {
    let base: UnsafeMutablePointer<Double>
    /// Of its entries at one place of the other axes.
    let offsets: [Int]
    /// By other axis.
    let strides: [Int]
  }

  private let target: Buffer
  /// Of the other axes, in the target.
  private let extents, strides: [Int]
  /// Of the joined axis.
  private let stride: Int
  private let sources: [Source]

  init(_ parts: [Part<Buffer>], along index: Index, to target: Buffer, domain: [Index]) {
    self.target = target
    let others = domain.filter { $0 != index }
    extents = others.map(\.extent)
    strides = denseStrides(domain, within: others)
    stride = denseStrides(domain, within: [index])[0]
    sources = parts.map { part in
      let own = denseStrides(part.domain, within: part.axes)
      let offsets = zip(part.axes, own).reduce([0]) { offsets, axis in
        offsets.flatMap { offset in (0..<axis.0.extent).map { offset + $0 * axis.1 } }
      }
      return Source(
        base: part.array.base, offsets: offsets, strides: denseStrides(part.domain, within: others))
    }
  }

  func run(_ workers: Workers, scratch: [Buffer]) {
    var counters = [Int](repeating: 0, count: extents.count)
    var reads = [Int](repeating: 0, count: sources.count)
    var row = 0
    while true {
      var place = row
      for (source, read) in zip(sources, reads) {
        for offset in source.offsets {
          target.base[place] = source.base[read + offset]
          place += stride
        }
      }
      var axis = extents.count - 1
      while axis >= 0 {
        counters[axis] += 1
        // Back to the axis's start after its last place.
        let step = counters[axis] < extents[axis] ? 1 : 1 - extents[axis]
        row += step * strides[axis]
        for position in sources.indices { reads[position] += step * sources[position].strides[axis] }
        if step == 1 { break }
        counters[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
