import Flows
import ParameterSpaces
import SymbolicTensors
import Testing

import func Foundation.exp

/// The chain rule on losses that are not this program's model, against Hessian products of the same loss as one expression,
/// and against closed forms.
@Suite struct CompositionTests {
  /// −Σ_n log softmax(W x_n)[label_n]: the Hessian is Σ_n x_n x_nᵀ ⊗ (diag p_n − p_n p_nᵀ).
  @Test func softmaxRegression() throws {
    let (samples, classes, features) = (7, 3, 4)
    let graph = ExpressionGraph()
    let parameters = ParameterSymbols(graph, Self.space(("W", [classes, features])))
    let n = graph.index("n", extent: samples)
    let (c, i) = (parameters.indices[0][0], parameters.indices[0][1])
    let inputs = graph.symbol("x", shape: [samples, features], role: .coefficient)
    let labels = graph.symbol("l", shape: [samples, classes], role: .coefficient)
    let logits = graph(graph.symbol("y", shape: [samples, classes], role: .variable), n, c)
    let composition = Composition(
      of: parameters,
      through: [.init(logits, is: (parameters.entries[0] * graph(inputs, n, i)).sum(over: i))],
      loss: -(graph(labels, n, c) * logits.softmax(over: c).logarithm).sum(over: n, c))
    let x = Self.numbers(samples * features)
    let oneHot = (0..<samples * classes).map { $0 % classes == $0 / classes % classes ? 1.0 : 0 }
    let resources = PlanResources(constants: [inputs: x, labels: oneHot])
    let point = Self.numbers(classes * features)
    let found = try Self.compare(composition, resources, at: point)

    var expected = [Double](repeating: 0, count: found.count)
    for sample in 0..<samples {
      let own = Array(x[sample * features..<(sample + 1) * features])
      let weights = (0..<classes).map { label -> Double in
        exp(zip(point[label * features..<(label + 1) * features], own).reduce(0) { $0 + $1.0 * $1.1 })
      }
      let total = weights.reduce(0, +)
      for (row, column) in Self.pairs(point.count) {
        let (a, b) = (weights[row / features] / total, weights[column / features] / total)
        let curvature = (row / features == column / features ? a : 0) - a * b
        expected[row * point.count + column] += own[row % features] * own[column % features] * curvature
      }
    }
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  /// L = ½‖W₂W₁ − S‖² by way of the product: a step that is bent, and a loss whose own bend is the identity.
  @Test func deepLinearNetwork() throws {
    let network = DeepLinear(targets: [3, 2, 1])
    let graph = network.parameters.graph
    let (i, j) = (network.parameters.indices[0][0], network.parameters.indices[0][1])
    let k = graph.index("k", extent: 3)
    let (first, second) = (network.parameters.symbols[0], network.parameters.symbols[1])
    let product = graph(graph.symbol("P", shape: [3, 3], role: .variable), i, j)
    let target = graph.symbol("T", shape: [3, 3], role: .coefficient)
    let composition = Composition(
      of: network.parameters,
      through: [.init(product, is: (graph(second, i, k) * graph(first, k, j)).sum(over: k))],
      loss: Number(1, over: 2) * (product - graph(target, i, j)).squared.sum(over: i, j))
    let point = Self.numbers(18)
    let resources = PlanResources(constants: [target: DeepLinear.diagonal(network.targets)])
    let found = try Self.compare(composition, resources, at: point)
    let expected = try network.planned().hessianByProducts(point, components: Array(0..<18))
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  /// Three steps and parameters of every shape: scalars before and behind tensors, steps that run along the samples and one
  /// that may mix them, and a linear one above few numbers or above more than there are parameters.
  @Test(arguments: [2, 20], [false, true])
  func chain(units: Int, mixesSamples: Bool) throws {
    let (samples, inputs) = (4, 3)
    let graph = ExpressionGraph()
    let parameters = ParameterSymbols(
      graph, Self.space(("a", []), ("b", []), ("V", [inputs, 2]), ("u", [2]), ("c", []), ("d", [])))
    let (n, m) = (graph.index("n", extent: samples), graph.index("m", extent: samples))
    let (h, o) = (graph.index("h", extent: units), graph.index("o", extent: 3))
    func known(_ name: String, _ indices: Index...) -> Expression {
      graph(graph.symbol(name, shape: indices.map(\.extent), role: .coefficient), at: indices)
    }
    func variable(_ name: String, _ indices: Index...) -> Expression {
      graph(graph.symbol(name, shape: indices.map(\.extent), role: .variable), at: indices)
    }
    let entries = parameters.entries
    let (i, f, g) = (parameters.indices[2][0], parameters.indices[2][1], parameters.indices[3][0])
    let (x, spread, mixing, neighbours) = (
      known("x", n, i), known("E", f, h), known("M", o, h), known("N", n, m)
    )
    let slope = (x * entries[2] * spread).sum(over: i, f)
    let offset = (entries[3].renaming([g: f]).squared * spread).sum(over: f)
    let (hidden, linear, output) = (variable("h", n, h), variable("l", n, o), variable("z", n))
    let mixed = mixesSamples ? (neighbours * hidden.renaming([n: m])).sum(over: m) : hidden
    let composition = Composition(
      of: parameters,
      through: [
        .init(
          hidden, is: (entries[0] * slope + entries[1] * offset).exponential * entries[4] + entries[5] * slope
        ),
        .init(linear, is: (mixing * mixed).sum(over: h)),
        .init(output, is: linear.squared.sum(over: o) + (linear * linear.exponential).sum(over: o)),
      ],
      loss: (output.squared + 1).logarithm.sum(over: n) + output.sum(over: n).squared)
    let constants = [x, spread, mixing, neighbours].reduce(into: [Symbol: [Double]]()) { numbers, entry in
      if let symbol = entry.symbol { numbers[symbol] = Self.numbers(graph.size(of: symbol)) }
    }
    _ = try Self.compare(composition, PlanResources(constants: constants), at: Self.numbers(12))
  }

  /// Along an index that is summed over inside, nothing is left out.
  @Test func whatLooksLocalAndIsNot() throws {
    let graph = ExpressionGraph()
    let parameters = ParameterSymbols(graph, Self.space(("w", [4])))
    let (n, m) = (parameters.indices[0][0], graph.index("m", extent: 4))
    let y = graph(graph.symbol("y", shape: [4], role: .variable), n)
    let z = graph(graph.symbol("z", shape: [4], role: .variable), n)
    let point = Self.numbers(4)
    for loss in [
      z.softmax(over: n).squared.sum(over: n), (z * z.renaming([n: m]).exponential.sum(over: m)).sum(over: n),
      (z.exponential * z.squared.sum(over: n)).sum(over: n), z.power(3).sum(over: n), z.sum(over: n),
    ] {
      for step in [y.exponential, y * y.squared.sum(over: n), y.softmax(over: n), 2 * y] {
        let composition = Composition(
          of: parameters, through: [.init(y, is: parameters.entries[0].squared), .init(z, is: step)],
          loss: loss)
        _ = try Self.compare(composition, PlanResources(), at: point)
      }
    }
  }

  /// The whole by the composition and some components by products, both by the loss that is made of it.
  @Test func lossOfAComposition() throws {
    let graph = ExpressionGraph()
    let parameters = ParameterSymbols(graph, Self.space(("w", [6, 5])))
    let (i, j) = (parameters.indices[0][0], parameters.indices[0][1])
    let rows = graph(graph.symbol("s", shape: [6], role: .variable), i)
    let loss = try PlannedLoss(
      Composition(
        of: parameters, through: [.init(rows, is: parameters.entries[0].exponential.sum(over: j))],
        loss: rows.logarithm.sum(over: i).squared))
    let point = Self.numbers(30)
    let whole = try loss.hessian(point, components: Array(0..<30))
    let part = try loss.hessian(point, components: [3, 17])
    for (found, place) in zip(part, [3 * 30 + 3, 3 * 30 + 17, 17 * 30 + 3, 17 * 30 + 17]) {
      #expect(abs(found) > 1e-6 && abs(found - whole[place]) < 1e-12)
    }
  }

  /// A composition is used where its way is the cheaper one, and by itself refuses to be where it is not: where more
  /// numbers stand between parameters and loss than there are parameters.
  @Test(arguments: [false, true]) func isUsedWhereItIsCheaper(isNarrow: Bool) throws {
    let (parameters, samples) = (20, 300)
    let graph = ExpressionGraph()
    let symbols = ParameterSymbols(graph, Self.space(("w", [parameters])))
    let i = symbols.indices[0][0]
    let (n, m) = (graph.index("n", extent: samples), graph.index("m", extent: samples))
    let (few, many) = (graph.index("c", extent: 2), graph.index("d", extent: 200))
    let between = isNarrow ? few : many
    let known = [[between, i], [n, between], [n, m]].map {
      graph(graph.symbol("K", shape: $0.map(\.extent), role: .coefficient), at: $0)
    }
    let constants = known.reduce(into: [Symbol: [Double]]()) { numbers, entry in
      if let symbol = entry.symbol {
        numbers[symbol] = Self.numbers(graph.size(of: symbol)).map { 0.1 * $0 }
      }
    }
    let y = graph(graph.symbol("y", shape: [between.extent], role: .variable), between)
    let logits = (known[1] * y).sum(over: between).exponential
    let loss = isNarrow ? (known[2] * logits).sum(over: n).squared.sum(over: m) : logits.sum(over: n)
    let composition = Composition(
      of: symbols,
      through: [.init(y, is: (known[0] * symbols.entries[0]).sum(over: i).exponential)], loss: loss)
    let planned = try PlannedLoss(composition, PlanResources(constants: constants))
    let (point, all) = (Self.numbers(parameters), Array(0..<parameters))
    let whole = try planned.hessian(point, components: all)
    let hessian = try #require(try planned.composedHessian())
    let other = try planned.hessianByProducts(point, components: all)
    #expect(whole == (isNarrow ? hessian(point) : other))
    // Rounding tells them apart.
    #expect(whole != (isNarrow ? other : hessian(point)))
  }

  // MARK: Support

  /// The composition's Hessian, after a comparison with products of its loss as one expression.
  private static func compare(
    _ composition: Composition, _ resources: PlanResources, at point: [Double]
  ) throws -> [Double] {
    let loss = try PlannedLoss(composition.expression, of: composition.parameters, resources)
    let expected = try loss.hessianByProducts(point, components: Array(point.indices))
    let hessian = try ComposedHessian(composition, resources)
    _ = hessian(point.map { -$0 })
    let found = hessian(point)
    let scale = expected.map(abs).max() ?? 1
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-12 * scale })
    return found
  }

  private static func space(_ blocks: (name: String, shape: [Int])...) -> ParameterSpace {
    ParameterSpace(
      blocks.map { name, shape in
        ParameterBlock(
          name, name: name + shape.indices.map { "[#\($0 + 1)]" }.joined(), latex: name, group: "all",
          axes: zip(["i", "j"], shape).map { .counted($0, $1) })
      })
  }

  /// Numbers of both signs without a pattern.
  private static func numbers(_ count: Int) -> [Double] {
    (0..<count).map { k -> Double in
      let number = (7 * k * k + 3 * k) % 11
      return 0.15 * Double(number) - 0.65
    }
  }

  private static func pairs(_ count: Int) -> [(Int, Int)] {
    (0..<count).flatMap { row in (0..<count).map { (row, $0) } }
  }
}
