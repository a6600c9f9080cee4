/// Partial sums that tasks leave on rows of their own, and that are added in the order of the rows.
final class Partials: @unchecked Sendable {
  /// Sequences that share a row of `width` numbers: `least`, or so many times that all rows together stay small. A rule
  /// that does not look at the number of threads.
  static func sequences(of count: Int, width: Int, least: Int) -> Int {
    let rows = max(16, (1 << 23) / max(1, width))
    return max(1, (count + rows * least - 1) / (rows * least)) * least
  }

  let rows: Int
  let width: Int
  private let storage: Buffer<Double>

  init(rows: Int, width: Int) {
    self.rows = rows
    self.width = width
    storage = Buffer(rows * width, zero: 0)
  }

  /// Safe from several threads as long as each has rows of its own.
  func set(row: Int, _ values: [Double]) {
    precondition(values.count == width, "a partial sum fits its row")
    withRow(row) { target in
      for (entry, value) in values.enumerated() { target[entry] = value }
    }
  }

  func withRow(_ row: Int, _ body: (UnsafeMutablePointer<Double>) -> Void) {
    precondition(row < rows, "a partial sum has a row")
    body(storage.start + row * width)
  }

  /// The sum over the first `rows` rows, or all of them.
  func sum(rows: Int? = nil) -> [Double] {
    var total = Array(repeating: 0.0, count: width)
    total.withUnsafeMutableBufferPointer { total in
      guard let total = total.baseAddress else { return }
      for row in 0..<(rows ?? self.rows) {
        let values = storage.start + row * width
        for entry in 0..<width { total[entry] += values[entry] }
      }
    }
    return total
  }
}
