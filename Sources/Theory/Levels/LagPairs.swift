import SymbolicTensors

/// Unordered pairs of lags (i ≤ j) as an index of their own, for tensors that are contracted with σ_i σ_j.
struct LagPairs {
  /// r = M(M+1)/2.
  let count: Int
  /// The 0/1 matrices that select a pair's lags.
  let numbers: [Symbol: [Double]]

  private let graph: ExpressionGraph
  private let lag: Index
  private let positions: [Index]
  private let first, second: Symbol

  /// - Parameter most: how many pairs one tensor has at most.
  init(_ graph: ExpressionGraph, lag: Index, most: Int) {
    let lags = lag.extent
    let list = (0..<lags).flatMap { i in (i..<lags).map { (i, $0) } }
    self.graph = graph
    self.lag = lag
    count = list.count
    positions = (0..<most).map { graph.index("J\($0 + 1)", extent: list.count, latex: "J_{\($0 + 1)}") }
    first = graph.symbol("first", shape: [list.count, lags], role: .coefficient, latex: "\\delta")
    second = graph.symbol("second", shape: [list.count, lags], role: .coefficient, latex: "\\delta'")
    func selection(_ lag: ((Int, Int)) -> Int) -> [Double] {
      list.flatMap { pair in (0..<lags).map { $0 == lag(pair) ? 1 : 0 } }
    }
    numbers = [first: selection { $0.0 }, second: selection { $0.1 }]
  }

  func indices(_ count: Int) -> [Index] { Array(positions[0..<count]) }

  /// s_J = σ_i σ_j for the pairs of one position (counted from 1).
  func products(_ weights: Expression, at position: Int) -> Expression {
    let pair = positions[position - 1]
    let entries = [first, second].map { (graph($0, pair, lag) * weights).sum(over: lag) }
    return entries[0] * entries[1]
  }

  /// Σ_{J1, J2, ...} G(J1, J2, ...) Π s_J, one pair after the other from the last, so that derivatives share the
  /// partial sums.
  func contraction(_ tensor: Expression, _ products: [Expression]) -> Expression {
    zip(positions, products).reversed().reduce(tensor) { sum, entry in
      (entry.1 * sum).sum(over: entry.0)
    }
  }

  /// A tensor on (i_h, j_h) summed onto pairs: both orders of a pair's lags go into one entry.
  func packed(_ tensor: [Double], monomial: PolynomialForm.Monomial, _ reading: MonomialReading) -> [Double] {
    let axes = monomial.coefficient.freeIndices
    let lags = lag.extent
    var packed = [Double](repeating: 0, count: reading.heads.reduce(1) { size, _ in size * count })
    // Entries of indices that the tensor is constant along stand for every value of the index.
    let all = reading.lags.flatMap { [$0.0, $0.1] }
    var counter = [Int](repeating: 0, count: all.count)
    while true {
      var source = 0
      for axis in axes { source = source * lags + (all.firstIndex(of: axis).map { counter[$0] } ?? 0) }
      var target = 0
      for head in reading.heads.indices {
        target = target * count + position(counter[2 * head], counter[2 * head + 1])
      }
      packed[target] += tensor[source]
      guard let moving = counter.lastIndex(where: { $0 < lags - 1 }) else { return packed }
      counter[moving] += 1
      for later in counter.indices where later > moving { counter[later] = 0 }
    }
  }

  /// The place of the pair {i, j} in the list.
  private func position(_ i: Int, _ j: Int) -> Int {
    let (low, high) = (min(i, j), max(i, j))
    return low * lag.extent - low * (low - 1) / 2 + (high - low)
  }
}
