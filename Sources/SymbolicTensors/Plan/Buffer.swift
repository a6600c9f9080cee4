/// A block of doubles at a fixed address: the only place of the module that owns unsafe memory.
final class Buffer {
  let base: UnsafeMutablePointer<Double>
  let count: Int
  /// What the block is part of, kept as long as it is; nil for one that has memory of its own.
  private let whole: Buffer?

  /// Zeroed; never empty, so that `base` can always be read.
  init(count: Int) {
    self.count = max(count, 1)
    base = .allocate(capacity: self.count)
    base.initialize(repeating: 0, count: self.count)
    whole = nil
  }

  /// Part of another block.
  init(_ whole: Buffer, from offset: Int, count: Int) {
    self.whole = whole
    self.count = count
    base = whole.base + offset
  }

  deinit { if whole == nil { base.deallocate() } }

  var array: [Double] { Array(UnsafeBufferPointer(start: base, count: count)) }

  func copy(from values: ArraySlice<Double>) {
    values.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { base.update(from: start, count: min(count, source.count)) }
    }
  }
}
