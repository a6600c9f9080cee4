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
      exact.graph, model: exact.model.model, loss: exact.model.loss, lag: exact.lag,
      parts: exact.model.replaced)
    guard let terms = series(of: [exact.loss], in: exact.model.scaleSymbol, order: order + 1)[0] else {
      throw TheoryError.noExpansion
    }
    let inParameters = substitute(exact.model.reducedCoordinates(in: parameters), in: terms)
    func term(_ power: Int) -> Expression {
      parameters.scale.power(Number(power)) * inParameters[power]
    }
    return Tail(model: parameters, offset: inParameters[0], last: term(order), next: term(order + 1))
  }

  /// The numbers of the tail's symbols.
  var tailCoefficients: [Symbol: [Double]] { exact.coefficients }
}
