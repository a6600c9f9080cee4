import InductionModel
import SymbolicTensors

extension LeadingOrder {
  /// L_0, the last term a^n L_n that the expansion to order n keeps, and a^{n+1} L_{n+1}, the first that it leaves out.
  struct Tail {
    let model: ModelExpressions
    let offset, last, next: Expression
  }

  /// - Throws: `TheoryError.noExpansion`.
  func tail(order: Int) throws -> Tail {
    let parameters = ModelExpressions(
      exact.graph, model: exact.model.model, loss: exact.model.loss, parts: exact.model.replaced)
    guard let terms = series(of: [exact.loss], in: exact.model.scale, order: order + 1)[0] else {
      throw TheoryError.noExpansion
    }
    let inParameters = substitute(
      exact.model.reducedCoordinates(in: parameters, lag: exact.lag), in: terms)
    func term(_ power: Int) -> Expression {
      exact.graph(parameters.scale).power(Number(power)) * inParameters[power]
    }
    return Tail(model: parameters, offset: inParameters[0], last: term(order), next: term(order + 1))
  }

  /// The numbers of the tail's symbols.
  var tailCoefficients: [Symbol: [Double]] { exact.coefficients }
}

extension LeadingOrderLoss {
  /// |a^{n+1} L_{n+1}| over |a^n L_n|, at most n/(n+1): from there on the term that is left out moves a, by
  /// (n+1) a^n L_{n+1}, as fast as the last that is kept.
  ///
  /// - Complexity: an evaluation is some ten products of N×N matrices for each kernel and token, as a gradient at
  ///   infinite context is, though the level's own flow may cost much less.
  public var range: LevelRange? {
    LevelRange(
      name: "next-term", meaning: "the next term of the expansion in a over the last that is kept",
      bound: Double(order) / Double(order + 1), measure: tailRatio)
  }

  private func tailRatio(at parameters: Parameters) throws -> Double {
    let (model, plan) = try tail.get()
    model.bind(parameters.flat, to: plan)
    plan.run()
    let (offset, last, next) = (plan.scalar(0), plan.scalar(1), plan.scalar(2))
    // Where a source tells nothing both are rounding.
    return abs(next) <= 1e-14 * abs(offset) ? 0 : abs(next / last)
  }
}
