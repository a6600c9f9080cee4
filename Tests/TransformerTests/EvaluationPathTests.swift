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
    #expect(model.memory(count: 100_000, length: 21, use: .once) < 0x1p30)
    #expect(model.memory(count: 1 << 30, length: 21, use: .once) > 0x1p35)
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
        let expected = try plain.prepare(sequences, for: .many).evaluate(at: parameters.flat, .everything)
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
          let label = "\(variant) \(criterion) \(precision) seed \(seed)"
          for use in [BatchUse.many, .once] {
            let found = try fast.prepare(sequences, for: use).evaluate(at: parameters.flat, .everything)
            #expect(abs(found.loss - expected.loss) < tolerance * abs(expected.loss), "\(label)")
            #expect(relativeError(found.gradient, expected.gradient, above: floor) < tolerance, "\(label)")
            #expect(relativeError(found.losses, expected.losses) < tolerance, "\(label)")
            #expect(
              relativeError(found.predictions.values, expected.predictions.values) < tolerance, "\(label)")
          }
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
      results.append(
        try [BatchUse.once, .many].flatMap { use in
          let values = try evaluator.prepare(sequences, for: use).evaluate(at: parameters, .everything)
          return [values.loss] + values.gradient + values.losses + values.predictions.values
        })
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  /// What is asked for beside it changes no number.
  @Test(arguments: EvaluationPath.allCases)
  func onePassGivesWhatSeveralGive(path: EvaluationPath) throws {
    var generator = SeededGenerator(seed: 4)
    let definition = try ModelDefinition(tokens: 4, window: 2, heads: 2, degree: 2)
    let model = DisentangledTransformer(definition, loss: Loss(epsilon: 1e-3))
    let parameters = Parameters.random(definition, using: &generator).flat
    let sequences = try TokenSequences(
      randomSequences(count: 70, length: 30, tokens: 4, using: &generator), tokens: 4)
    let batch = try #require(model.evaluator(path, precision: .double, length: 30, pool: WorkerPool()))
      .prepare(sequences, for: .many)
    let all = batch.evaluate(at: parameters, .everything)
    let alone = batch.evaluate(at: parameters)
    #expect(alone.loss == all.loss)
    #expect(alone.gradient.isEmpty && alone.losses.isEmpty && alone.predictions.isEmpty)
    #expect(batch.evaluate(at: parameters, .gradient).gradient == all.gradient)
    #expect(batch.evaluate(at: parameters, .losses).losses == all.losses)
    #expect(batch.evaluate(at: parameters, .predictions).predictions == all.predictions)
    #expect(abs(all.losses.reduce(0, +) / 70 - all.loss) < 1e-14 * abs(all.loss))
  }

  /// Batches of one evaluator, kept side by side, are not written over by each other.
  @Test(arguments: EvaluationPath.allCases, [BatchUse.once, .many])
  func preparedBatchesLastAsLongAsTheyAreHeld(path: EvaluationPath, use: BatchUse) throws {
    var generator = SeededGenerator(seed: 5)
    let definition = try ModelDefinition(tokens: 3, window: 2, heads: 2, degree: 2)
    let model = DisentangledTransformer(definition, loss: Loss(epsilon: 1e-3))
    let parameters = Parameters.random(definition, using: &generator).flat
    let evaluator = try #require(model.evaluator(path, precision: .double, length: 20, pool: WorkerPool()))
    let sets = try [(9, 20), (9, 20), (5, 31)].map { count, length in
      try TokenSequences(
        randomSequences(count: count, length: length, tokens: 3, using: &generator), tokens: 3)
    }
    let expected = try sets.map {
      try evaluator.prepare($0, for: use).evaluate(at: parameters, .everything)
    }
    let batches = try sets.map { try evaluator.prepare($0, for: use) }
    for (batch, values) in zip(batches, expected) {
      let found = batch.evaluate(at: parameters, .everything)
      #expect(found.losses == values.losses && found.gradient == values.gradient)
    }
    #expect(Set(expected.map(\.losses)).count == 3)
    #expect(throws: SequenceError.empty) {
      try evaluator.prepare(TokenSequences(count: 0, length: 20, tokens: 3), for: use)
    }
  }
}

extension BatchOutputs {
  fileprivate static let everything: BatchOutputs = [.gradient, .losses, .predictions]
}

extension DisentangledTransformer {
  fileprivate func plan(_ sequences: TokenSequences) -> Bool { (try? check(sequences)) != nil }
}
