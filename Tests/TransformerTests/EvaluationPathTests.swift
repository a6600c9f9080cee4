import InductionModel
import MarkovChains
import Testing
import Transformer

/// The fast paths against the plain one, in both precisions.
@Suite struct EvaluationPathTests {
  struct Size: Sendable, CustomTestStringConvertible {
    let tokens: Int
    let window: Int
    let heads: Int
    let degree: Int
    let length: Int
    var testDescription: String { "d=\(tokens) M=\(window) H=\(heads) D=\(degree) L+1=\(length)" }
  }

  static let sizes = [
    Size(tokens: 3, window: 3, heads: 3, degree: 2, length: 41),
    Size(tokens: 2, window: 5, heads: 4, degree: 4, length: 30),
    Size(tokens: 10, window: 4, heads: 5, degree: 1, length: 77),
    Size(tokens: 4, window: 6, heads: 6, degree: 3, length: 130),
    Size(tokens: 3, window: 2, heads: 11, degree: 2, length: 50),
    Size(tokens: 70, window: 3, heads: 2, degree: 2, length: 60),
    Size(tokens: 3, window: 1, heads: 1, degree: 1, length: 9),
  ]

  @Test(arguments: Self.sizes, EvaluationPath.allCases.filter { $0 != .plain })
  func agreesWithThePlainPath(size: Size, path: EvaluationPath) throws {
    let seed: UInt64 = 20
    var generator = TestGenerator(seed: seed)
    var compared = 0
    for variant in Variant.every {
      let definition = try ModelDefinition(
        tokens: size.tokens, window: size.window, heads: size.heads, degree: size.degree, variant: variant)
      let sequences = try TokenSequences(
        randomSequences(count: 19, length: size.length, tokens: size.tokens, using: &generator),
        tokens: size.tokens)
      var parameters = Parameters.random(definition, using: &generator)
      if Bool.random(using: &generator) { parameters.scale *= -1 }
      for criterion in Loss.Criterion.allCases {
        // With the linear layer y may be negative: a large ε keeps the loss real.
        let model = DisentangledTransformer(definition, loss: Loss(criterion: criterion, epsilon: 2))
        guard model.plan(sequences) else { continue }
        let plain = try #require(
          model.evaluator(.plain, precision: .double, length: size.length, pool: WorkerPool()))
        try plain.load(sequences)
        var expected: [Double] = []
        let loss = plain.lossAndGradient(at: parameters.flat, gradient: &expected)
        for (precision, tolerance) in [(Precision.double, 1e-12), (.float, 2e-4)] {
          guard
            let fast = model.evaluator(
              path, precision: precision, length: size.length, pool: WorkerPool(threads: 2))
          else { continue }
          compared += 1
          try fast.load(sequences)
          var gradient: [Double] = []
          let found = fast.lossAndGradient(at: parameters.flat, gradient: &gradient)
          let label = "\(variant) \(criterion) \(precision) seed \(seed)"
          #expect(abs(found - loss) < tolerance * abs(loss), "\(label)")
          #expect(relativeError(gradient, expected) < tolerance, "\(label)")
          let once = try fast.lossAndGradient(at: parameters.flat, on: sequences, gradient: &gradient)
          #expect(abs(once - loss) < tolerance * abs(loss), "\(label)")
          #expect(relativeError(gradient, expected) < tolerance, "\(label)")
          #expect(
            relativeError(fast.losses(at: parameters.flat), plain.losses(at: parameters.flat)) < tolerance,
            "\(label)")
          #expect(
            relativeError(
              fast.predictions(at: parameters.flat).flatMap { $0 },
              plain.predictions(at: parameters.flat).flatMap { $0 }) < tolerance, "\(label)")
        }
      }
    }
    #expect(compared > 0)
  }
}

extension DisentangledTransformer {
  fileprivate func plan(_ sequences: TokenSequences) -> Bool { (try? check(sequences)) != nil }
}
