import Flows
import ParameterSpaces
import SymbolicTensors
import TestSupport
import Testing

/// The chain rule on losses in random steps, against Hessian products of the same loss as one expression and against central
/// differences of its gradient.
///
/// All tensors are square and are written at the parameters' own two indices, so that steps which run along an index, mix along
/// it, transpose or take a diagonal look alike.
@Suite struct RandomCompositionTests {
  private static let size = 3

  @Test(arguments: 0..<40) func steps(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let graph = ExpressionGraph()
    let parameters = ParameterSymbols(graph, Self.space(scalarsFirst: seed % 2 == 0))
    let matrix = try #require(parameters.entries.first { $0.freeIndices.count == 2 })
    let scalars = parameters.entries.filter { $0.freeIndices.isEmpty }
    let (a, b) = (matrix.freeIndices[0], matrix.freeIndices[1])
    let known = graph.symbol("K", shape: [Self.size, Self.size], role: .coefficient)
    let numbers = (0..<Self.size * Self.size).map { _ in random.number() }
    let forms = Forms(a: a, b: b, c: graph.index("c", extent: Self.size), known: known)

    var below = scalars[0] * matrix + scalars[1] * forms.step(random.below(Forms.steps), of: matrix)
    var steps: [Composition.Step] = []
    for level in 0...random.below(3) {
      let variable = graph(graph.symbol("y\(level)", shape: [Self.size, Self.size], role: .variable), a, b)
      steps.append(.init(variable, is: below))
      below = forms.step(random.below(Forms.steps), of: variable)
    }
    let last = try #require(steps.last).variable
    let composition = Composition(
      of: parameters, through: steps, loss: forms.loss(random.below(Forms.losses), of: last))
    let resources = PlanResources(constants: [known: numbers])
    let loss = try PlannedLoss(composition.expression, of: parameters, resources)
    let point = (0..<parameters.space.count).map { _ in random.number() }

    let found = try ComposedHessian(composition, resources)(point)
    let expected = try loss.hessianByProducts(point, components: Array(point.indices))
    let scale = 1 + (expected.map(abs).max() ?? 0)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-12 * scale }, "seed \(seed)")

    let step = 1e-5
    for column in [0, point.count - 1] {
      let slopes = [step, -step].map { move -> [Double] in
        var (moved, slope) = (point, point)
        moved[column] += move
        loss.gradient(moved, into: &slope)
        return slope
      }
      for row in point.indices {
        let difference = (slopes[0][row] - slopes[1][row]) / (2 * step)
        #expect(abs(found[row * point.count + column] - difference) < 1e-6 * scale, "seed \(seed)")
      }
    }
  }

  private static func space(scalarsFirst: Bool) -> ParameterSpace {
    let matrix = ParameterBlock(
      "w", name: "w[#1 #2]", latex: "w", group: "all", axes: [.counted("i", size), .counted("j", size)])
    let scalars = ["s", "t"].map {
      ParameterBlock($0, name: $0, latex: $0, group: "all", axes: [])
    }
    return ParameterSpace(scalarsFirst ? scalars + [matrix] : [matrix] + scalars)
  }
}

/// What a step or a loss may do with a square tensor y(a, b).
private struct Forms {
  let a, b, c: Index
  let known: Symbol

  static let (steps, losses) = (9, 5)

  /// On (a, b).
  func step(_ form: Int, of y: Expression) -> Expression {
    let graph = y.graph
    return switch form {
    case 0: (Number(1, over: 2) * y).exponential
    case 1: y * graph(known, a, b) + y.squared
    case 2: (graph(known, a, c) * y.renaming([a: c])).sum(over: c)
    case 3: (graph(known, c, b) * y.renaming([b: c])).sum(over: c)
    case 4: y.softmax(over: b) * y
    case 5: y.softmax(over: a)
    case 6: y.renaming([a: b, b: a])
    case 7: y.renaming([b: a]) * graph(known, a, b) + y
    default: y * y.squared.sum(over: a)
    }
  }

  func loss(_ form: Int, of y: Expression) -> Expression {
    switch form {
    case 0: (y.squared + 1).logarithm.sum(over: a, b)
    case 1: y.sum(over: a, b).squared + y.power(3).sum(over: a, b)
    case 2: (y * y.softmax(over: a)).sum(over: a, b)
    case 3: (y * y.renaming([a: b, b: a])).sum(over: a, b)
    default: y.sum(over: b).squared.sum(over: a)
    }
  }
}

extension SeededGenerator {
  fileprivate mutating func below(_ count: Int) -> Int { integer(0...count - 1) }

  /// Of either sign, none small.
  fileprivate mutating func number() -> Double { number(0.2...0.9) * (below(2) == 0 ? 1 : -1) }
}
