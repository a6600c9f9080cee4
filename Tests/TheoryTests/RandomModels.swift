import InductionModel
import MarkovChains
import TestSupport

/// Random models, sources and points over every variant of the definition.
struct RandomModels {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func integer(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
  mutating func number(in range: ClosedRange<Double>) -> Double { .random(in: range, using: &generator) }

  /// The six choices of a variant from one number.
  static func variant(_ number: Int) -> Variant {
    Variant(
      windows: number & 1 == 0 ? .shared : .shifted, normalization: number & 2 == 0 ? .none : .l2,
      keys: number & 4 == 0 ? .fullWindow : .all, featureNorm: number & 8 == 0 ? .constant : .feature,
      coefficients: coefficients[(number >> 4) % coefficients.count],
      secondLayer: (number >> 4) / coefficients.count % 2 == 0 ? .softmax : .linear)
  }

  private static let coefficients = Variant.Coefficients.allCases
  static let variants = 32 * coefficients.count

  mutating func model(_ variant: Variant) throws -> ModelDefinition {
    let heads = integer(in: 1...3)
    let tokens = integer(in: 2...3)
    let reach = tokens == 2 ? 4 : 3
    let window =
      variant.windows == .shared ? integer(in: 1...reach) : integer(in: 1...max(1, reach - heads + 1))
    return try ModelDefinition(
      tokens: tokens, window: window, heads: heads, degree: integer(in: 1...heads), variant: variant)
  }

  mutating func kernels(_ count: Int, tokens: Int, parents: [Int]) -> [Kernel] {
    let contexts = parents.reduce(1) { product, _ in product * tokens }
    return (0..<count).map { _ in
      let rows = (0..<contexts).flatMap { _ -> [Double] in
        let weights = (0..<tokens).map { _ in number(in: 0.05...1) }
        return weights.map { $0 / weights.reduce(0, +) }
      }
      return Kernel(unchecked: rows, tokens: tokens, parents: parents)
    }
  }

  mutating func parameters(_ model: ModelDefinition) -> Parameters {
    var flat = (0..<model.parameterCount).map { _ in number(in: -1...1) }
    for position in model.parameterSpace.range(of: .coefficients) { flat[position] += 1.5 }
    flat[flat.count - 1] = number(in: 0.1...1)
    return Parameters(flat: flat, model: model)
  }

  mutating func sequences(_ count: Int, length: Int, tokens: Int) -> [[Int]] {
    (0..<count).map { _ in (0..<length).map { _ in integer(in: 0...tokens - 1) } }
  }
}
