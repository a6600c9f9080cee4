/// Partial sums that tasks leave on rows of their own, and that are added in the order of the rows.
final class Partials: @unchecked Sendable {
  let rows: Int
  let width: Int
  private let storage: UnsafeMutableBufferPointer<Double>

  init(rows: Int, width: Int) {
    self.rows = rows
    self.width = width
    storage = .allocate(capacity: rows * width)
    storage.initialize(repeating: 0)
  }

  deinit { storage.deallocate() }

  /// Safe from several threads as long as each has rows of its own.
  func set(row: Int, _ values: [Double]) {
    precondition(row < rows && values.count == width, "a partial sum fits its row")
    for (entry, value) in values.enumerated() { storage[row * width + entry] = value }
  }

  func sum() -> [Double] {
    var total = Array(repeating: 0.0, count: width)
    for row in 0..<rows {
      for entry in 0..<width { total[entry] += storage[row * width + entry] }
    }
    return total
  }
}
