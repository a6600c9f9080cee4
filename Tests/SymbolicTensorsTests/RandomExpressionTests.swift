import Numerics
import SymbolicTensors
import TestSupport
import Testing

/// What every expression must keep, on 12,000 random ones: seeds are 1000·block + case.
@Suite struct RandomExpressionTests {
  private static let cases = 500

  /// The graph's rewriting against plain loops, in extended precision.
  @Test(arguments: 0..<24)
  func simplificationPreservesValue(block: UInt64) {
    for seed in seeds(block) {
      let random = RandomExpression(seed: seed)
      let evaluator = DirectEvaluator(
        random.graph, values: random.numbers.mapValues { $0.map { Extended($0) } })
      let found = evaluator.evaluate([random.expression])[0]
      let error = largestDifference(random, found)
      #expect(error < 1e-14, "seed \(seed)")
    }
  }

  /// Plans and unrolled systems against direct evaluation.
  @Test(arguments: 0..<24)
  func threeWaysAgree(block: UInt64) throws {
    for seed in seeds(block) {
      let random = RandomExpression(seed: seed)
      let scale = Double(random.value.magnitude) + 1
      let gradient = random.expression.sum(over: random.expression.freeIndices).gradient(random.entries)
      let outputs = [random.expression] + gradient
      let expected = DirectEvaluator(random.graph, values: random.numbers).evaluate(outputs)

      var runs: [[[Double]]] = []
      for threads in seed % 10 == 0 ? [1, 2, 3] : [1] {
        let plan = try Plan(outputs, coefficients: random.coefficients, threads: threads)
        for symbol in random.parameters { plan.set(symbol, to: random.numbers[symbol] ?? []) }
        plan.run()
        runs.append(outputs.indices.map { plan.output($0) })
      }
      #expect(runs.dropFirst().allSatisfy { $0 == runs[0] }, "threads, seed \(seed)")
      let planned = zip(runs[0], expected).map { distance($0, $1) }.max() ?? 0
      #expect(planned < 1e-11 * scale, "plan, seed \(seed)")

      let system = try ScalarSystem(
        outputs.map { ScalarEquation($0) },
        inputs: random.parameters.map { symbol in
          ScalarInput(symbol, (random.numbers[symbol] ?? []).indices.map { "\($0)" })
        }, constants: random.coefficients, softmax: seed % 2 == 0 ? .plain : .shifted)
      let point = random.parameters.flatMap { random.numbers[$0] ?? [] }
      let values = Dictionary(uniqueKeysWithValues: zip(system.inputs, point.map { [$0] }))
      let found = DirectEvaluator(system.graph, values: values).evaluate(system.equations)
      #expect(
        distance(found.flatMap { $0 }, expected.flatMap { $0 }) < 1e-11 * scale, "unrolled, seed \(seed)")
    }
  }

  /// A directional derivative, by reverse and by forward accumulation, against central differences in extended
  /// precision.
  @Test(arguments: 0..<24)
  func derivative(block: UInt64) {
    for seed in seeds(block) {
      let random = RandomExpression(seed: seed)
      let root = random.expression.sum(over: random.expression.freeIndices)
      let gradient = root.gradient(random.entries)
      var generator = SeededGenerator(seed: seed)
      let exact = random.numbers.mapValues { $0.map { Extended($0) } }
      var (above, below) = (exact, exact)
      let step: Extended = Extended.self == Double.self ? 1e-5 : 1e-6
      let slopes = DirectEvaluator(random.graph, values: exact).evaluate(gradient)
      var along = exact
      let symbols = random.parameters.map { symbol in
        random.graph.symbol("u", shape: random.graph.shape(of: symbol), role: .variable)
      }
      var slope: Extended = 0
      for (position, symbol) in random.parameters.enumerated() {
        let found = NaiveTensor.spread(
          slopes[position], of: gradient[position], onto: random.entries[position])
        for (entry, partial) in found.enumerated() {
          let direction = Extended(generator.number(-1...1))
          along[symbols[position], default: []].append(direction)
          slope += partial * direction
          above[symbol]?[entry] += step * direction
          below[symbol]?[entry] -= step * direction
        }
      }
      let values = [above, below].map { DirectEvaluator(random.graph, values: $0).evaluate([root])[0][0] }
      let difference = (values[0] - values[1]) / (2 * step)
      let tolerance: Extended = Extended.self == Double.self ? 1e-6 : 1e-8
      let scale = 1 + Swift.abs(difference) + Swift.abs(values[0])
      #expect(Swift.abs(slope - difference) < tolerance * scale, "seed \(seed): \(slope), \(difference)")

      let directions = zip(symbols, random.entries).map { random.graph($0, at: $1.freeIndices) }
      guard let forward = derivatives(of: [root], along: directions, in: random.entries)[0] else {
        Issue.record("seed \(seed): no forward derivative")
        continue
      }
      let ahead = DirectEvaluator(random.graph, values: along).evaluate([forward])[0][0]
      #expect(Swift.abs(slope - ahead) < 1e-13 * (1 + Swift.abs(slope)), "seed \(seed): \(slope), \(ahead)")
    }
  }

  private func seeds(_ block: UInt64) -> Range<UInt64> {
    1000 * block..<1000 * block + UInt64(Self.cases)
  }

  private func distance(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let scale = 1 + (expected.map { Swift.abs($0) }.max() ?? 0)
    return zip(found, expected).map { Swift.abs($0 - $1) / scale }.max() ?? 0
  }

  private func largestDifference(_ random: RandomExpression, _ found: [Extended]) -> Extended {
    let spread = NaiveTensor.spread(found, of: random.expression, onto: random.value.indices)
    guard spread.count == random.value.values.count else { return .infinity }
    let scale = 1 + random.value.magnitude
    return zip(spread, random.value.values).map { Swift.abs($0 - $1) / scale }.max() ?? 0
  }
}

extension NaiveTensor {
  /// An expression's numbers over more indices than it depends on.
  static func spread(_ numbers: [Extended], of expression: Expression, onto indices: [Index]) -> [Extended] {
    let free = expression.freeIndices
    return positions(indices).map { position in
      numbers[free.reduce(0) { $0 * $1.extent + (position[$1] ?? 0) }]
    }
  }

  static func spread(_ numbers: [Extended], of expression: Expression, onto entry: Expression) -> [Extended] {
    spread(numbers, of: expression, onto: entry.freeIndices)
  }
}
