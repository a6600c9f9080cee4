/// A block of doubles at a fixed address: the only place of the module that owns unsafe memory.
final class Buffer {
  let base: UnsafeMutablePointer<Double>
  let count: Int

  /// Zeroed; never empty, so that `base` can always be read.
  init(count: Int) {
    self.count = max(count, 1)
    base = .allocate(capacity: self.count)
    base.initialize(repeating: 0, count: self.count)
  }

  deinit { base.deallocate() }

  var array: [Double] { Array(UnsafeBufferPointer(start: base, count: count)) }

  func copy(from values: ArraySlice<Double>) {
    values.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { base.update(from: start, count: min(count, source.count)) }
    }
  }
}
