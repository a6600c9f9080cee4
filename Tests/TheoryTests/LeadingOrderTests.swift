import InductionModel
import MarkovChains
import Testing
import Theory

@Suite struct LeadingOrderTests {
  @Test func referenceCase() throws {
    let reference = try ReferenceCase("two-parents")
    let level = try LeadingOrderLoss(model: reference.model, loss: reference.loss, laws: reference.laws())
    var start = reference.parameters
    start.scale = 0
    let (base, _) = try level.evaluate(start)
    let (loss, gradient) = try level.evaluate(reference.parameters)
    let expected: Double = try reference.value("leading_order", "decrease")
    #expect(abs((base - loss) / expected - 1) < 1e-10)
    let expectedGradient: [String: Any] = try reference.value("leading_order", "gradient_of_decrease")
    let attention = try #require(expectedGradient["attention"] as? [[Double]]).flatMap { $0 }
    let coefficients = try #require(expectedGradient["coefficients"] as? [String: Double])
    #expect(relativeError(gradient.attention.flatMap { $0 }.map { -$0 }, attention) < 1e-10)
    let inOrder = try reference.model.sets.map { try #require(coefficients["[\($0.label)]"]) }
    #expect(relativeError(gradient.coefficients.map { -$0 }, inOrder) < 1e-10)
  }

  /// On one-hot heads I_S is the modified χ² information of the heads' own lags.
  @Test(arguments: ["two-parents", "gap-parents"])
  func informationOfOneHotHeads(name: String) throws {
    let reference = try ReferenceCase(name)
    let level = try LeadingOrderLoss(
      model: reference.model, loss: Loss(epsilon: 0), laws: reference.laws())
    var point = reference.parameters
    point.attention = (1...reference.model.heads).map { head in
      (1...reference.model.window).map { $0 == head ? 60 : 0 }
    }
    let information = try #require(try level.information(point))
    let expected: [String: Double] = try reference.value("modified_chi2_information")
    for (set, value) in zip(reference.model.sets, information) {
      #expect(abs(value - (try #require(expected["[\(set.label)]"]))) < 1e-10)
    }
  }

  /// For every variant, the loss to order n differs from the exact one by O(a^{n+1}).
  @Test(arguments: 0..<RandomModels.variants)
  func expansionHasItsOrder(number: Int) throws {
    let seed = UInt64(3000 + number)
    var random = RandomModels(seed: seed)
    let model = try random.model(RandomModels.variant(number))
    let laws = try WindowLaws(
      kernels: random.kernels(2, tokens: model.tokens, parents: [1, 2]), window: model.reach)
    let loss = Loss(
      criterion: number % 2 == 0 ? .crossEntropy : .logits, epsilon: number % 3 == 0 ? 0 : 0.01)
    let exact = try InfiniteContextLoss(model: model, loss: loss, laws: laws)
    let order = 1 + number % 3
    let expanded = try LeadingOrderLoss(model: model, loss: loss, laws: laws, order: order)
    var point = random.parameters(model)
    // The remainder over a^{n+1} must not grow as a falls; a single scale may sit where two orders cancel.
    let scales = [0.08, 0.04, 0.01]
    let errors = try scales.map { scale in
      point.scale = scale
      return abs(try exact.value(point.flat) - expanded.value(point.flat))
    }
    let constants = zip(scales, errors).map { scale, error in
      error / (0...order).reduce(1) { power, _ in power * scale }
    }
    let comment: Comment = "seed \(seed), order \(order), \(model), errors \(errors)"
    #expect(errors[2] < 1e-14 || constants[2] < 1.5 * max(constants[0], constants[1]), comment)
  }

  /// The range is what the expansion leaves out over its last term, which the exact loss shows as a falls.
  @Test(arguments: 0..<RandomModels.variants)
  func rangeIsTheRemainder(number: Int) throws {
    let seed = UInt64(9000 + number)
    var random = RandomModels(seed: seed)
    let model = try random.model(RandomModels.variant(number))
    let laws = try WindowLaws(
      kernels: random.kernels(2, tokens: model.tokens, parents: [1, 2]), window: model.reach)
    let loss = Loss(criterion: number % 2 == 0 ? .crossEntropy : .logits, epsilon: 0.01)
    let order = 1 + number % 2
    func level(_ order: Int) throws -> LeadingOrderLoss {
      try LeadingOrderLoss(model: model, loss: loss, laws: laws, order: order)
    }
    let (exact, expanded) = (
      try InfiniteContextLoss(model: model, loss: loss, laws: laws), try level(order)
    )
    let range = try #require(expanded.range)
    #expect(range.bound == Double(order) / Double(order + 1))
    var point = random.parameters(model)
    /// By which factor the range misses what is left out over the last term.
    func deviation(_ scale: Double) throws -> Double {
      point.scale = 0
      let base = try exact.value(point.flat)
      point.scale = scale
      let value = try expanded.value(point.flat)
      let shorter = order == 1 ? base : try level(order - 1).value(point.flat)
      let remainder = abs(try exact.value(point.flat) - value)
      guard remainder > 1e-11 else { return 0 }
      return abs(try range.value(at: point.flat) / (remainder / abs(value - shorter)) - 1)
    }
    let (coarse, fine) = (try deviation(0.02), try deviation(0.005))
    #expect(fine < 0.02 || fine < 0.35 * coarse, "seed \(seed), \(model): \(coarse), \(fine)")
  }
}
