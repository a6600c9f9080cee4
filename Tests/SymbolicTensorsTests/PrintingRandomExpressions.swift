import SymbolicTensors
import TestSupport

/// Random expressions of every kind of node, over a few symbols and indices.
struct PrintingRandomExpressions {
  let graph = ExpressionGraph()
  private var generator: SeededGenerator
  private let indices: [Index]
  private var pool: [Expression]

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    let i = graph.index("i", extent: 2)
    let j = graph.index("j", extent: 2)
    let k = graph.index("k", extent: 3)
    // Two of one name, one of a name that is a word of the textual form.
    let twin = graph.index("i", extent: 2)
    let word = graph.index("sum", extent: 3)
    indices = [i, j, k, twin, word]
    let a = graph.symbol("a", role: .parameter)
    let alsoA = graph.symbol("a", role: .parameter)
    let vector = graph.symbol("v one", shape: [2], role: .parameter)
    let matrix = graph.symbol("let", shape: [2, 3], role: .coefficient)
    let table = graph.symbol("M", shape: [2, 2, 3], role: .coefficient)
    let total = graph.symbol("m", shape: [2, 3], role: .coefficient)
    graph.declare(sumOf: table, overAxis: 0, is: .symbol(total))
    pool = [
      graph(a), graph(alsoA), graph(vector, i), graph(vector, j), graph(matrix, i, k),
      graph(matrix, twin, word),
      graph(table, i, j, k), graph(table, j, j, k), graph(total, j, word), graph.kronecker(i, j),
      graph.kronecker(k, word), graph.constant(Number(-3, over: 4)), graph.constant(.real(0.1)),
      graph.constant(.real(2)), graph.constant(.real(-1.5e-9)), graph.constant(7),
    ]
  }

  private mutating func random(_ count: Int) -> Int { Int(generator.next() % UInt64(count)) }

  /// Built from earlier ones, so that later expressions are large and share much.
  mutating func next() -> Expression {
    let expression = build()
    // Large values of deep towers would only test infinities.
    if pool.count < 400 { pool.append(expression) } else { pool[16 + random(384)] = expression }
    return expression
  }

  private mutating func pick() -> Expression { pool[random(pool.count)] }

  private mutating func number() -> Number {
    switch random(4) {
    case 0: Number(random(9) - 4)
    case 1: Number(random(9) - 4, over: random(5) + 1)
    case 2: .real(Double(random(1000)) / 7 - 50)
    default: 1
    }
  }

  private mutating func build() -> Expression {
    switch random(9) {
    case 0, 1: return graph.sum((0...random(4)).map { _ in number() * pick() })
    case 2, 3: return graph.product((0...random(3)).map { _ in pick() })
    case 4:
      let exponents: [Number] = [2, 3, -1, Number(1, over: 2), Number(-1, over: 2), .real(0.3), -2]
      let base = pick()
      // 0 to a negative power has no value.
      return base.isZero ? base : base.power(exponents[random(exponents.count)])
    case 5, 6:
      let functions: [Function] = [
        .exp, .log, .absolute, .sign, .rectifier, .step, .guardedPower(Number(-1, over: 2)), .guardedPower(3),
      ]
      return pick().applying(functions[random(functions.count)])
    case 7:
      let body = pick()
      guard let index = body.freeIndices.first else { return body }
      return body.softmax(over: index)
    default:
      let body = pick()
      let bound = (0...random(2)).map { _ in indices[random(indices.count)] }
      return body.sum(over: Array(Set(bound)).sorted())
    }
  }
}
