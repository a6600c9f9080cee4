/// The stationary law of a window chain by elimination without subtractions.
///
/// Goals, in order:
/// 1. every probability has a small *relative* error, also where the chain is nearly reducible and |λ₂| is
///    within rounding of 1 (power iteration then fails, and LU loses the small probabilities): the algorithm of
///    Grassmann, Taksar and Heyman (Oper. Res. 33, 1985) only adds, multiplies and divides positive numbers;
///    O'Cinneide (Numer. Math. 65, 1993) proves the error bound, whatever the order of elimination;
/// 2. cost: rows are reduced one by one in a sparse order (`EliminationOrder`), with one dense row of work.
struct StationarySolver {
  let chain: WindowChain
  private let order: EliminationOrder

  init(_ chain: WindowChain) {
    self.chain = chain
    order = EliminationOrder(chain)
  }

  /// μ over the d^{r_n} windows.
  ///
  /// - Parameter isRecurrent: members of the closed class, nil for all. The others get probability 0: no member
  ///   leads to them, so that their factors vanish and they drop out of the elimination by themselves.
  func solve(_ kernel: Kernel, isRecurrent: [Bool]?, index: Int) throws(ChainError) -> [Double] {
    let states = chain.states
    let isMember = order.windows.map { isRecurrent?[$0] ?? true }
    guard let last = isMember.lastIndex(of: true) else { throw .underflow(kernel: index) }
    var row = Array(repeating: 0.0, count: states)
    var reduced = order.upper.map { Array(repeating: 0.0, count: $0.count) }
    var outflow = Array(repeating: 0.0, count: states)
    var factors = order.lower.map { Array(repeating: 0.0, count: $0.count) }
    for position in 0...last where isMember[position] {
      load(order.windows[position], kernel, into: &row)
      for (slot, pivot) in order.lower[position].enumerated() {
        let pivot = Int(pivot)
        let entry = row[pivot]
        row[pivot] = 0
        guard entry > 0 else { continue }
        let factor = entry / outflow[pivot]
        factors[position][slot] = factor
        Self.add(reduced[pivot], times: factor, at: order.upper[pivot], to: &row)
      }
      row[position] = 0
      for (slot, column) in order.upper[position].enumerated() {
        reduced[position][slot] = row[Int(column)]
        outflow[position] += row[Int(column)]
        row[Int(column)] = 0
      }
      guard position == last || outflow[position] > Self.leastOutflow else {
        throw .underflow(kernel: index)
      }
    }
    var law = Array(repeating: 0.0, count: states)
    law[last] = 1
    for position in (0...last).reversed() where law[position] > 0 {
      for (slot, pivot) in order.lower[position].enumerated() {
        law[Int(pivot)] += law[position] * factors[position][slot]
      }
    }
    let total = law.reduce(0, +)
    guard total.isFinite else { throw .underflow(kernel: index) }
    return order.position.map { law[$0] / total }
  }

  /// Below this, quotients by an outflow lose digits or overflow.
  private static let leastOutflow = 1e-290

  private func load(_ window: Int, _ kernel: Kernel, into row: inout [Double]) {
    let (base, entries) = (chain.successorBase(window), chain.row(window))
    for token in 0..<chain.tokens {
      row[order.position[base + token]] = kernel.probabilities[entries + token]
    }
  }

  /// row[columns] += factor · values; a run of adjacent columns, as in the dense end, needs no indices.
  private static func add(
    _ values: [Double], times factor: Double, at columns: [Int32], to row: inout [Double]
  ) {
    guard let first = columns.first, let final = columns.last else { return }
    row.withUnsafeMutableBufferPointer { row in
      values.withUnsafeBufferPointer { values in
        if Int(final - first) + 1 == values.count {
          let start = Int(first)
          for slot in 0..<values.count { row[start + slot] += factor * values[slot] }
        } else {
          columns.withUnsafeBufferPointer { columns in
            for slot in 0..<values.count { row[Int(columns[slot])] += factor * values[slot] }
          }
        }
      }
    }
  }
}
