/// A block of doubles at a fixed address: the only place of the module that owns unsafe memory.
final class Buffer {
  let base: UnsafeMutablePointer<Double>
  let count: Int
  private let allocation: UnsafeMutablePointer<Double>

  /// Zeroed; never empty, so that `base` can always be read.
  ///
  /// - Parameter number: distinguishes the buffers of one plan. Arrays of equal power-of-two sizes would
  ///   otherwise begin at the same place of a page, and their tiles fight for the same few cache lines.
  init(count: Int, number: Int = 0) {
    self.count = max(count, 1)
    let page = 512
    let offset = self.count < page ? 0 : number * 136 % page
    allocation = .allocate(capacity: self.count + offset)
    base = allocation + offset
    base.initialize(repeating: 0, count: self.count)
  }

  deinit { allocation.deallocate() }

  var array: [Double] { Array(UnsafeBufferPointer(start: base, count: count)) }

  func copy(from values: ArraySlice<Double>) {
    values.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { base.update(from: start, count: min(count, source.count)) }
    }
  }
}
