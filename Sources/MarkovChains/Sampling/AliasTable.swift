/// Walker's alias tables: a draw from any law over d outcomes costs one look-up.
///
/// A row of d cells; cell i keeps its outcome i with probability `threshold`, and gives `alias` otherwise. Built by
/// Vose's method, O(d) a row.
enum AliasTable {
  /// Rows as the sampler reads them, an entry a cell: threshold · 2²⁴ in the upper 24 bits, alias in the lower 8.
  /// Rounding moves a probability by at most 2⁻²⁴. At most 256 outcomes.
  static func packed(_ rows: [Double], outcomes: Int) -> [UInt32] {
    var entries: [UInt32] = []
    entries.reserveCapacity(rows.count)
    var scratch = Scratch(outcomes: outcomes)
    for row in stride(from: 0, to: rows.count, by: outcomes) {
      scratch.build(rows, from: row)
      for cell in 0..<outcomes {
        // A cell that always keeps its outcome has threshold 2²⁴, one more than fits: its alias is itself.
        let threshold = UInt32((scratch.threshold[cell] * 0x1p24).rounded())
        entries.append(
          threshold >= 1 << 24
            ? 0xFFFF_FF00 | UInt32(cell) : threshold << 8 | UInt32(scratch.alias[cell]))
      }
    }
    return entries
  }

  /// One row for draws by `CounterGenerator`, any number of outcomes.
  struct Row: Sendable {
    private let threshold: [Double]
    private let alias: [Int32]

    init(_ law: [Double]) {
      var scratch = Scratch(outcomes: law.count)
      scratch.build(law, from: 0)
      threshold = scratch.threshold
      alias = scratch.alias
    }

    func draw(_ generator: inout CounterGenerator) -> Int {
      let cell = generator.below(threshold.count)
      return generator.uniform() < threshold[cell] ? cell : Int(alias[cell])
    }
  }

  private struct Scratch {
    var threshold: [Double]
    var alias: [Int32]
    private var small: [Int32]
    private var large: [Int32]

    init(outcomes: Int) {
      threshold = Array(repeating: 1, count: outcomes)
      alias = Array(repeating: 0, count: outcomes)
      small = []
      large = []
      small.reserveCapacity(outcomes)
      large.reserveCapacity(outcomes)
    }

    mutating func build(_ rows: [Double], from row: Int) {
      let outcomes = threshold.count
      small.removeAll(keepingCapacity: true)
      large.removeAll(keepingCapacity: true)
      var total = 0.0
      for cell in 0..<outcomes { total += rows[row + cell] }
      for cell in 0..<outcomes {
        threshold[cell] = rows[row + cell] / total * Double(outcomes)
        alias[cell] = Int32(cell)
        if threshold[cell] < 1 { small.append(Int32(cell)) } else { large.append(Int32(cell)) }
      }
      while let low = small.last, let high = large.last {
        small.removeLast()
        alias[Int(low)] = high
        threshold[Int(high)] -= 1 - threshold[Int(low)]
        guard threshold[Int(high)] < 1 else { continue }
        large.removeLast()
        small.append(high)
      }
      // What is left misses 1 by rounding only.
      for cell in small { threshold[Int(cell)] = 1 }
      for cell in large { threshold[Int(cell)] = 1 }
    }
  }
}
