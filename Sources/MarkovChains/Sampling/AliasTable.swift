import CKernels

/// Walker's alias table: a draw from any law over d outcomes costs one look-up.
///
/// A cell i of d keeps its outcome i with probability `threshold`, and gives `alias` otherwise. Built by Vose's method,
/// O(d). The chains themselves are drawn from tables that `packed` makes.
struct AliasTable: Sendable {
  private let threshold: [Double]
  private let alias: [Int32]

  init(_ law: [Double]) {
    var threshold = law
    var alias = law.indices.map { Int32($0) }
    let total = law.reduce(0, +)
    for cell in threshold.indices { threshold[cell] *= Double(law.count) / total }
    var small = threshold.indices.filter { threshold[$0] < 1 }
    var large = threshold.indices.filter { threshold[$0] >= 1 }
    while let low = small.last, let high = large.last {
      small.removeLast()
      alias[low] = Int32(high)
      threshold[high] -= 1 - threshold[low]
      guard threshold[high] < 1 else { continue }
      large.removeLast()
      small.append(high)
    }
    // What is left misses 1 by rounding only.
    for cell in small + large { threshold[cell] = 1 }
    self.threshold = threshold
    self.alias = alias
  }

  func draw(_ generator: inout CounterGenerator) -> Int {
    let cell = generator.below(threshold.count)
    return generator.uniform() < threshold[cell] ? cell : Int(alias[cell])
  }

  /// Rows of at most 256 outcomes as the chains' sampler reads them, an entry a cell: threshold · 2²⁴ in the upper 24
  /// bits, alias in the lower 8. Rounding moves a probability by at most 2⁻²⁴.
  static func packed(_ rows: [Double], outcomes: Int) -> [UInt32] {
    Array(unsafeUninitializedCapacity: rows.count) { entries, count in
      count = rows.count
      guard let start = entries.baseAddress else { return }
      trainer_alias(rows, rows.count / outcomes, Int32(outcomes), start)
    }
  }
}
