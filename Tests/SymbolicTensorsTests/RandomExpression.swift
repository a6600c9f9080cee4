import Numerics
import SymbolicTensors
import TestSupport

/// A random tensor expression, built step by step through the public interface, and beside it the naive value of
/// every step.
struct RandomExpression {
  let graph = ExpressionGraph()
  /// Numbers of every symbol.
  private(set) var numbers: [Symbol: [Double]] = [:]
  private(set) var parameters: [Symbol] = []
  private(set) var coefficients: [Symbol: [Double]] = [:]
  /// A parameter's entry at distinct indices, as gradients want it.
  private(set) var entries: [Expression] = []
  private(set) var expression: Expression
  private(set) var value: NaiveTensor

  private var random: SeededGenerator
  private let indices: [Index]
  private var pool: [(expression: Expression, value: NaiveTensor)] = []

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    let (first, second, third) = (random.integer(1...4), random.integer(1...4), random.integer(1...3))
    let graph = graph
    indices = [("i", first), ("j", first), ("k", second), ("l", second), ("m", third)]
      .map { graph.index($0, extent: $1) }
    expression = graph.constant(1)
    value = NaiveTensor(1)
    addSymbols(first, second, third)
    for _ in 0..<random.integer(3...10) { step() }
    (expression, value) = pool[pool.count - 1]
  }

  private mutating func addSymbols(_ first: Int, _ second: Int, _ third: Int) {
    let (i, j, k, l, m) = (indices[0], indices[1], indices[2], indices[3], indices[4])
    let shapes: [(String, SymbolRole, [[Index]])] = [
      ("x", .parameter, [[i], [j]]), ("y", .parameter, [[i, k], [j, l], [j, k]]),
      ("z", .parameter, [[i, j], [i, i], [j, i]]), ("s", .parameter, [[]]),
      ("u", .parameter, [[m]]), ("g", .coefficient, [[k, l], [l, k], [k, k]]),
      ("p", .coefficient, [[k], [l]]), ("h", .coefficient, [[m, i], [m, j]]),
    ]
    for (name, role, uses) in shapes {
      let shape = uses[0].map(\.extent)
      let symbol = graph.symbol(name, shape: shape, role: role)
      var values = (0..<shape.reduce(1, *)).map { _ in random.number(-1...1) }
      if name == "p" {
        let total = values.reduce(0) { $0 + abs($1) }
        values = values.map { abs($0) / total }
        if shape == [1] { values = [1] }
        graph.declare(sumOf: symbol, overAxis: 0, is: .one)
      }
      numbers[symbol] = values
      if role == .parameter {
        parameters.append(symbol)
        entries.append(graph(symbol, at: uses[0]))
      } else {
        coefficients[symbol] = values
      }
      for use in uses where random.integer(0...2) > 0 {
        pool.append(
          (
            graph(symbol, at: use),
            NaiveTensor(Set(use).sorted()) { position in
              Extended(values[use.reduce(0) { $0 * $1.extent + (position[$1] ?? 0) }])
            }
          ))
      }
    }
    pool.append((graph.constant(3), NaiveTensor(3)))
  }

  private mutating func operand() -> (expression: Expression, value: NaiveTensor) {
    random.integer(0...2) == 0 ? random.element(pool) : random.element(Array(pool.suffix(4)))
  }

  private mutating func step() {
    let (e, v) = operand()
    switch random.integer(0...11) {
    case 0, 1:
      let (f, w) = operand()
      let (a, b) = (Number(random.integer(-3...3), over: 2), Number(random.number(-1...1)))
      add(
        a * e + b * f,
        .combining([v, w]) { Extended(a.doubleValue) * $0[0] + Extended(b.doubleValue) * $0[1] })
    case 2, 3:
      let (f, w) = operand()
      let (g, x) = operand()
      add(graph.product([e, f, g]), .combining([v, w, x]) { $0[0] * $0[1] * $0[2] })
    case 4, 5:
      let bound = indices.filter { _ in random.integer(0...1) == 0 }
      add(e.sum(over: bound), v.sum(over: bound))
    case 6:
      let half = Number(1, over: 2)
      switch random.integer(0...2) {
      case 0 where v.magnitude < 6: add((half * e).exponential, v.map { .exp($0 / 2) })
      case 1: add((e.squared + 1).logarithm, v.map { .log(1 + $0 * $0) })
      default: add((e - Number(3, over: 8)).applying(.absolute), v.map { Swift.abs($0 - 0.375) })
      }
    case 7:
      let exponents: [(Number, Extended)] = [
        (-1, -1), (Number(1, over: 2), 0.5), (Number(-3, over: 2), -1.5), (2, 2),
      ]
      let (exponent, power) = random.element(exponents)
      add((e.squared + 1).power(exponent), v.map { .pow(1 + $0 * $0, power) })
    case 8:
      guard let index = v.indices.randomElement(using: &random), v.magnitude < 50,
        e.freeIndices.contains(index)
      else { return }
      add(e.softmax(over: index), v.softmax(over: index))
    case 9:
      let (first, second) = random.element([(indices[0], indices[1]), (indices[2], indices[3])])
      let delta = NaiveTensor([first, second]) { $0[first] == $0[second] ? 1 : 0 }
      add(graph.kronecker(first, second) * e, .combining([delta, v]) { $0[0] * $0[1] })
    case 10:
      let (first, second) = random.element([(indices[0], indices[1]), (indices[3], indices[2])])
      guard v.indices.contains(first) else { return }
      add(e.renaming([first: second]), v.renaming(first, to: second))
    default:
      let (first, second) = (indices[2], indices[3])
      let delta = NaiveTensor([first, second]) { $0[first] == $0[second] ? 1 : 0 }
      add(
        (graph.kronecker(first, second) * (e.squared + 1)).applying(.guardedPower(Number(-1, over: 2))),
        .combining([delta, v]) { $0[0] == 0 ? 0 : 1 / .sqrt(1 + $0[1] * $0[1]) })
    }
  }

  private mutating func add(_ expression: Expression, _ value: NaiveTensor) {
    guard value.isFinite, value.magnitude < 1e3 else { return }
    pool.append((expression, value))
  }
}
