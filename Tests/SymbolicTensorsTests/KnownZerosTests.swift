import SymbolicTensors
import Testing

/// Products with large known tensors whose zeros are left out, against sums in loops.
@Suite struct KnownZerosTests {
  static let orders: [[Int]] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]

  /// Σ_d A(i, d) B(j, d) in every order of the axes, with B sparse in groups of rows, all 0 in some, or dense.
  @Test(arguments: orders, [3, 40, 1])
  func everyLayout(order: [Int], sparsity: Int) throws {
    let extents = [("i", 230), ("j", 210), ("d", 220)]
    let graph = ExpressionGraph()
    var indices: [Int: Index] = [:]
    for axis in order { indices[axis] = graph.index(extents[axis].0, extent: extents[axis].1) }
    let (i, j, d) = (try #require(indices[0]), try #require(indices[1]), try #require(indices[2]))
    let known = graph.symbol("B", shape: [210, 220], role: .coefficient)
    let given = graph.symbol("A", shape: [230, 220], role: .variable)
    // Rows of B in seven patterns, one of them without numbers.
    let b = (0..<210 * 220).map { entry -> Double in
      let (row, column) = entry.quotientAndRemainder(dividingBy: 220)
      let isZero = sparsity > 1 && (row % 7 == 0 || (column + row % 7) % sparsity != 0)
      return isZero ? 0 : Double((row * 31 + column * 17) % 23) - 11.5
    }
    let a = (0..<230 * 220).map { Double($0 * 13 % 29) - 14 }
    let product = (graph(given, i, d) * graph(known, j, d)).sum(over: d)
    let plans = try [1, 3].map { try Plan([product], coefficients: [known: b], threads: $0) }
    for plan in plans {
      plan.set(given, to: a)
      plan.run()
      plan.run()
    }
    let found = plans[0].output(0, over: [i, j])
    #expect(found == plans[1].output(0, over: [i, j]))
    for (row, column) in [(0, 0), (229, 209), (64, 7), (63, 8), (100, 100), (17, 205)] {
      let terms = (0..<220).map { entry -> Double in a[row * 220 + entry] * b[column * 220 + entry] }
      let expected = terms.reduce(0, +)
      #expect(abs(found[row * 210 + column] - expected) < 1e-9)
    }
    let total = found.reduce(0, +)
    let sums = (0..<220).map { column -> Double in
      let left = (0..<230).map { row -> Double in a[row * 220 + column] }
      let right = (0..<210).map { row -> Double in b[row * 220 + column] }
      return left.reduce(0, +) * right.reduce(0, +)
    }
    #expect(abs(total - sums.reduce(0, +)) < 1e-6 * max(1, abs(total)))
  }

  /// Numbers that something else reads stay as they are.
  @Test func sharedNumbers() throws {
    let graph = ExpressionGraph()
    let (i, j) = (graph.index("i", extent: 220), graph.index("j", extent: 220))
    let k = graph.index("k", extent: 220)
    let known = graph.symbol("B", shape: [220, 220], role: .coefficient)
    let given = graph.symbol("A", shape: [220, 220], role: .variable)
    let numbers = (0..<220 * 220).map { place -> Double in
      let row = place / 220
      let isZero: Bool = row % 11 != place % 11
      return isZero ? 0 : Double(place % 5 + 1)
    }
    let outputs = [
      (graph(given, i, k) * graph(known, k, j)).sum(over: k), graph(given, i, j) * graph(known, i, j),
    ]
    let plan = try Plan(outputs, coefficients: [known: numbers])
    let point = (0..<220 * 220).map { Double($0 % 7) }
    plan.set(given, to: point)
    plan.run()
    #expect(plan.output(1) == zip(point, numbers).map { $0 * $1 })
    var entry = 0.0
    for row in 0..<220 { entry += point[3 * 220 + row] * numbers[row * 220 + 14] }
    #expect(plan.output(0)[3 * 220 + 14] == entry)
  }

  /// What a plan takes does not depend on the numbers.
  @Test func memory() throws {
    let graph = ExpressionGraph()
    let (i, j) = (graph.index("i", extent: 220), graph.index("j", extent: 220))
    let k = graph.index("k", extent: 220)
    let known = graph.symbol("B", shape: [220, 220], role: .coefficient)
    let given = graph.symbol("A", shape: [220, 220], role: .variable)
    let product = (graph(given, i, k) * graph(known, k, j)).sum(over: k)
    let plan = try Plan([product], coefficients: [known: [Double](repeating: 0, count: 220 * 220)])
    #expect(plan.bytes == Plan.bytes(of: [product]))
    plan.set(given, to: [Double](repeating: 1, count: 220 * 220))
    plan.run()
    #expect(plan.output(0).allSatisfy { $0 == 0 })
  }
}
