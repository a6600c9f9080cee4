import InductionModel
import TestSupport
import Testing
import Theory

/// A finite-context loss in several passes is the loss in one.
@Suite struct SequenceBatchTests {
  private static let count = 23

  /// Batches of a size that divides the number of sequences or does not, with equal and other weights.
  @Test(arguments: [0, 1, 2, 5, 66, 95], [1, 4, 12, 22])
  func severalBatchesAreOne(variant: Int, size: Int) throws {
    let seed = UInt64(3000 + 100 * variant + size)
    var random = RandomModels(seed: seed)
    let model = try random.model(RandomModels.variant(variant))
    let sequences = random.sequences(Self.count, length: model.reach + 9, tokens: model.tokens)
    let weights = sequences.map { _ in random.number(in: 0...1) }
    let (point, direction) = (random.parameters(model), random.parameters(model).flat)
    let loss = Loss(criterion: variant % 2 == 0 ? .crossEntropy : .logits, epsilon: 2)
    for weights in [nil, weights] {
      func level(_ batch: Int) throws -> FiniteContextLoss {
        try FiniteContextLoss(model: model, loss: loss, sequences: sequences, weights: weights, batch: batch)
      }
      let (one, several) = try (level(Self.count), level(size))
      // Evaluated twice: a plan that has seen all batches takes the first one back.
      for _ in 0..<2 {
        let (expected, found) = try (one.evaluate(point), several.evaluate(point))
        #expect(abs(expected.loss - found.loss) < 1e-14 * Double(Self.count), "seed \(seed)")
        expectClose(found.gradient.flat, expected.gradient.flat, "gradient, seed \(seed)")
        var (product, whole) = (direction, direction)
        try several.hessianProduct(point.flat, along: direction, product: &product)
        try one.hessianProduct(point.flat, along: direction, product: &whole)
        expectClose(product, whole, "Hessian product, seed \(seed)")
      }
      let exact = Double(one.directValue(point.flat.map { Extended($0) }))
      #expect(try abs(several.value(point.flat) - exact) < 1e-13 * Double(Self.count), "seed \(seed)")
      // A row for each sequence, in their order.
      let (expected, found) = try (one.predictions(point), several.predictions(point))
      #expect(found.shape == [Self.count, model.tokens] && expected.shape == found.shape)
      expectClose(found.values, expected.values, "predictions, seed \(seed)")
      for (row, sequence) in sequences.enumerated() {
        let alone = try FiniteContextLoss(model: model, loss: loss, sequences: [sequence])
        expectClose(try alone.predictions(point).values, found.row(row), "sequence \(row), seed \(seed)")
      }
    }
  }

  /// The loss of many is the mean of the losses of parts that are far too few for a second pass.
  @Test func manySequencesAreTheirParts() throws {
    var random = RandomModels(seed: 41)
    let model = try ModelDefinition(tokens: 3, window: 3, heads: 3, degree: 2, variant: .paper)
    let sequences = random.sequences(1009, length: 61, tokens: 3)
    let point = random.parameters(model)
    let loss = Loss(criterion: .crossEntropy, epsilon: 1e-2)
    let whole = try FiniteContextLoss(model: model, loss: loss, sequences: sequences).evaluate(point)
    var (total, gradient) = (0.0, [Double](repeating: 0, count: point.flat.count))
    for start in stride(from: 0, to: sequences.count, by: 50) {
      let part = Array(sequences[start..<min(start + 50, sequences.count)])
      let found = try FiniteContextLoss(model: model, loss: loss, sequences: part).evaluate(point)
      let weight = Double(part.count) / Double(sequences.count)
      total += weight * found.loss
      gradient = zip(gradient, found.gradient.flat).map { $0 + weight * $1 }
    }
    #expect(abs(whole.loss - total) < 1e-13)
    expectClose(whole.gradient.flat, gradient, "gradient")
  }

  private func expectClose(_ found: [Double], _ expected: [Double], _ what: String) {
    let scale = 1 + (expected.map(\.magnitude).max() ?? 0)
    let largest = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(found.count == expected.count && largest < 1e-12 * scale, "\(what): \(largest)")
  }
}
