import InductionModel
import MarkovChains
import TestSupport
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

  /// Histograms of all windows would take 40 GiB here.
  @Test func fewTokensAmongManyWindowsTakeLittleMemory() throws {
    let variant = try #require(Variant.every.first { $0.normalization == .l2 })
    let model = DisentangledTransformer(
      try ModelDefinition(tokens: 60, window: 2, heads: 2, degree: 2, variant: variant), loss: Loss())
    #expect(model.memory(count: 100_000, length: 21, isRepeated: false) < 0x1p30)
    #expect(model.memory(count: 1 << 30, length: 21, isRepeated: false) > 0x1p35)
  }

  @Test(arguments: Self.sizes, EvaluationPath.allCases.filter { $0 != .plain })
  func agreesWithThePlainPath(size: Size, path: EvaluationPath) throws {
    let seed: UInt64 = 20
    var generator = SeededGenerator(seed: seed)
    var compared = 0
    for variant in Variant.every {
      let definition = try ModelDefinition(
        tokens: size.tokens, window: size.window, heads: size.heads, degree: size.degree, variant: variant)
      let sequences = try TokenSequences(
        randomSequences(count: 9, length: size.length, tokens: size.tokens, using: &generator),
        tokens: size.tokens)
      var parameters = Parameters.random(definition, using: &generator)
      if Bool.random(using: &generator) { parameters.scale *= -1 }
      // So large that a sequence without the row's best windows underflows under the row's shift.
      // Rounding of q then counts a times as much, and gradients of a saturated softmax are small differences.
      let isSteep = variant.secondLayer == .softmax && Int.random(in: 0..<4, using: &generator) == 0
      if isSteep { parameters.scale *= 400 }
      for criterion in Loss.Criterion.allCases {
        // With the linear layer y may be negative: a large ε keeps the loss real.
        let model = DisentangledTransformer(definition, loss: Loss(criterion: criterion, epsilon: 2))
        guard model.plan(sequences) else { continue }
        let plain = try #require(
          model.evaluator(.plain, precision: .double, length: size.length, pool: WorkerPool()))
        try plain.load(sequences)
        var expected: [Double] = []
        let loss = try plain.lossAndGradient(at: parameters.flat, gradient: &expected)
        for (precision, tolerance) in isSteep
          ? [(Precision.double, 1e-6)] : [(.double, 1e-12), (.float, 5e-4)]
        {
          // A saturated softmax leaves nothing but rounding of its gradient.
          let floor = isSteep ? 1e-8 : 1e-3
          guard
            let fast = model.evaluator(
              path, precision: precision, length: size.length, pool: WorkerPool(threads: 2))
          else { continue }
          compared += 1
          try fast.load(sequences)
          var gradient: [Double] = []
          let found = try fast.lossAndGradient(at: parameters.flat, gradient: &gradient)
          let label = "\(variant) \(criterion) \(precision) seed \(seed)"
          #expect(abs(found - loss) < tolerance * abs(loss), "\(label)")
          #expect(relativeError(gradient, expected, above: floor) < tolerance, "\(label)")
          let once = try fast.lossAndGradient(at: parameters.flat, on: sequences, gradient: &gradient)
          #expect(abs(once - loss) < tolerance * abs(loss), "\(label)")
          #expect(relativeError(gradient, expected, above: floor) < tolerance, "\(label)")
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
    #expect(compared > 0 || path == .windows && size.tokens >= 10)
  }

  @Test(arguments: EvaluationPath.allCases, Precision.allCases)
  func anyNumberOfThreadsGivesTheSameBits(path: EvaluationPath, precision: Precision) throws {
    var generator = SeededGenerator(seed: 3)
    let definition = try ModelDefinition(tokens: 3, window: 3, heads: 3, degree: 2)
    let model = DisentangledTransformer(definition, loss: Loss(epsilon: 1e-3))
    let parameters = Parameters.random(definition, using: &generator).flat
    let sampler = try ChainSampler(.prior(concentration: 0.5, tokens: 3, parents: [1, 2]))
    var results: [[Double]] = []
    for threads in [1, 2, 3] {
      let pool = WorkerPool(threads: threads)
      var sequences = TokenSequences(count: 333, length: 60, tokens: 3)
      try sampler.fill(&sequences, seed: 8, place: DrawPlace(.training), pool: pool)
      let evaluator = try #require(model.evaluator(path, precision: precision, length: 60, pool: pool))
      var gradient: [Double] = []
      let once = try evaluator.lossAndGradient(at: parameters, on: sequences, gradient: &gradient)
      try evaluator.load(sequences)
      var again: [Double] = []
      let loaded = try evaluator.lossAndGradient(at: parameters, gradient: &again)
      results.append([once] + gradient + [loaded] + again)
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }
}

extension DisentangledTransformer {
  fileprivate func plan(_ sequences: TokenSequences) -> Bool { (try? check(sequences)) != nil }
}
