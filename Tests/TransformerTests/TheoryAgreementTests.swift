import InductionModel
import MarkovChains
import TestSupport
import Testing
import Theory
import Transformer

/// Two derivations of one model: the loss written as an expression and differentiated by the program, and forward and
/// backward passes on tokens. Every variant, both criteria, the same sequences.
@Suite struct TheoryAgreementTests {
  @Test(arguments: Variant.every.indices)
  func gradientsAgree(number: Int) throws {
    let variant = Variant.every[number]
    var generator = SeededGenerator(seed: UInt64(1000 + number))
    let definition = try ModelDefinition(tokens: 3, window: 3, heads: 3, degree: 2, variant: variant)
    let sequences = randomSequences(count: 6, length: 25, tokens: 3, using: &generator)
    let parameters = Parameters.random(definition, using: &generator)
    for criterion in Loss.Criterion.allCases {
      let loss = Loss(criterion: criterion, epsilon: 0.05)
      let theory = try FiniteContextLoss(model: definition, loss: loss, sequences: sequences)
      let (value, gradient) = try theory.evaluate(parameters)
      let prediction = try theory.predictions(parameters)
      let found = try DisentangledTransformer(definition, loss: loss).evaluate(
        parameters.flat, on: sequences)
      let label = "\(variant) \(criterion) seed \(1000 + number)"
      #expect(relativeError([found.loss], [value]) < 1e-12, "\(label)")
      #expect(relativeError(found.gradient, gradient.flat) < 1e-12, "\(label)")
      #expect(
        relativeError(found.predictions.flatMap { $0 }, prediction.values) < 1e-12, "\(label)")
    }
  }

  /// Sequences of other lengths and weights: the mean of the single ones.
  @Test func lengthsAndWeightsMayDiffer() throws {
    var generator = SeededGenerator(seed: 6)
    let definition = try ModelDefinition(tokens: 3, window: 2, heads: 3, degree: 2)
    let model = DisentangledTransformer(definition, loss: Loss(epsilon: 1e-3))
    let parameters = Parameters.random(definition, using: &generator)
    let sequences = [9, 20, 9, 31].map {
      randomSequences(count: 1, length: $0, tokens: 3, using: &generator)[0]
    }
    let weights = [0.1, 0.4, 0.3, 0.2]
    let single = try sequences.map { try model.evaluate(parameters.flat, on: [$0]) }
    let equal = try model.evaluate(parameters.flat, on: sequences)
    let weighted = try model.evaluate(parameters.flat, on: sequences, weights: weights)
    var (mean, sum) = (0.0, Parameters.zero(definition).flat)
    for (part, weight) in zip(single, weights) {
      mean += weight * part.loss
      for (entry, slope) in part.gradient.enumerated() { sum[entry] += weight * slope }
    }
    #expect(abs(equal.loss - single.reduce(0) { $0 + $1.loss } / 4) < 1e-13)
    #expect(abs(weighted.loss - mean) < 1e-13)
    #expect(relativeError(weighted.gradient, sum) < 1e-12)
    #expect(equal.predictions == single.map { $0.predictions[0] })
    #expect(weighted.predictions == equal.predictions)
  }
}
