/// Memory of fixed size for one task at a time: the module's only unsafe pointers.
final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
  let start: UnsafeMutablePointer<Element>
  let count: Int
  private let raw: UnsafeMutableRawPointer

  init(_ count: Int, zero: Element) {
    let size = max(1, count)
    raw = .allocate(byteCount: size * MemoryLayout<Element>.stride, alignment: 64)
    start = raw.bindMemory(to: Element.self, capacity: size)
    start.initialize(repeating: zero, count: size)
    self.count = count
  }

  deinit { raw.deallocate() }

  func fill(_ value: Element) { start.update(repeating: value, count: count) }

  /// A copy.
  var elements: [Element] { Array(UnsafeBufferPointer(start: start, count: count)) }
}

/// The least multiple of `step` that is at least `count`.
func padded(_ count: Int, to step: Int) -> Int { (count + step - 1) / step * step }
