import Flows
import InductionModel
import SymbolicTensors

/// L_∞ by way of few numbers, the coefficients of the logits as polynomials in the tokens of the key:
///
///     t(c, b) = a q(Z_b, z_c) at few windows,   a q(Z, z) = Σ_b K(b, Z) y(z, b),   m(z, π, e) of a q(·, z),   L of m.
///
/// That the logits are such polynomials, of some degree in the tokens of key and query, is a property of the definition. It
/// is checked, not assumed: q and its polynomial are compared at a point in general position.
struct WindowPolynomial {
  private let exact: InfiniteContext
  private let query, kernel, next, fewQueries, fewKeys, monomial, other, key: Index
  /// K and D of the monomials.
  private let values, differences: Symbol
  /// q(Z_b, z_c).
  private let similarity: Expression
  /// The numbers of the symbols that it has beside those of the loss.
  let constants: [Symbol: [Double]]

  /// With more monomials than this one Hessian product a parameter is the better way.
  private static let mostMonomials = 128

  /// Of the lowest degree that does.
  ///
  /// - Returns: nil where there are too many monomials.
  /// - Throws: `PlanError` for lack of memory to find out.
  init?(_ exact: InfiniteContext, _ resources: PlanResources) throws {
    let model = exact.model.model
    for degree in min(model.degree, model.reach)...model.reach {
      guard let monomials = WindowMonomials(model, degree: degree, most: Self.mostMonomials) else {
        return nil
      }
      self.init(exact, monomials)
      if try degree == model.reach || isExact(resources) { return }
    }
    return nil
  }

  private init(_ exact: InfiniteContext, _ monomials: WindowMonomials) {
    self.exact = exact
    let graph = exact.graph
    let count = monomials.windows.count
    // In this order products over z are batched or plain, and few arrays are transposed.
    query = graph.index("z", extent: exact.query.extent)
    kernel = graph.index("k", extent: exact.kernel.extent)
    next = graph.index("e", extent: exact.next.extent)
    fewQueries = graph.index("c", extent: count)
    fewKeys = graph.index("b", extent: count)
    (monomial, other) = (graph.index("m", extent: count), graph.index("n", extent: count))
    key = graph.index("Z", extent: exact.key.extent)
    let tokens = WindowTokens("xb", exact.model, count: count, monomials.windows)
    similarity = exact.model.similarity(
      keys: tokens.outputs(exact.model, at: fewKeys, over: exact.token),
      queries: tokens.outputs(exact.model, at: fewQueries, over: exact.token), token: exact.token)
    values = graph.symbol("K", shape: [count, key.extent], role: .coefficient)
    differences = graph.symbol("D", shape: [count, count], role: .coefficient)
    constants = tokens.numbers.merging([values: monomials.values, differences: monomials.differences]) { $1 }
  }

  /// Whether q is its polynomial at a point in general position, to rounding: polynomials that agree there are the same.
  private func isExact(_ resources: PlanResources) throws -> Bool {
    let polynomial = atKeys(coefficients(similarity, exact.query), exact.key)
    let sums = [exact.similarity - polynomial, exact.similarity].map {
      $0.squared.sum(over: exact.key, exact.query)
    }
    let plan = try resources.adding(constants).plan(sums)
    var point = GenericPoints(seed: 1)
    let parameters = exact.model.parameters
    parameters.bind((0..<parameters.space.count).map { _ in point.next() }, to: plan)
    plan.run()
    return plan.scalar(0) <= 1e-20 * plan.scalar(1)
  }

  var composition: Composition {
    let graph = exact.graph
    func variable(_ name: String, _ indices: [Index]) -> Expression {
      graph(graph.symbol(name, shape: indices.map(\.extent), role: .variable), at: indices)
    }
    let table = variable("t", [fewQueries, fewKeys])
    let logits = variable("y", [query, monomial])
    let average = variable("m", [query, kernel, next])
    let layer = exact.model.parts.secondLayer
    let keys = exact.source.keys(kernel, next, over: key)
    return Composition(
      of: exact.model.parameters,
      through: [
        .init(table, is: exact.model.scale * similarity), .init(logits, is: coefficients(table, query)),
        .init(average, is: layer.average(atKeys(logits, key), keys)),
      ],
      loss: exact.source.loss(of: layer.prediction(average, keys), exact.model, kernel, next, query))
  }

  /// On the query's windows and the monomials of the key, from numbers on few of either.
  private func coefficients(_ numbers: Expression, _ query: Index) -> Expression {
    let graph = exact.graph
    let weight = (graph(values, other, query) * graph(differences, other, fewQueries)).sum(over: other)
    return (weight * (graph(differences, monomial, fewKeys) * numbers).sum(over: fewKeys)).sum(
      over: fewQueries)
  }

  /// The polynomial at all keys.
  private func atKeys(_ coefficients: Expression, _ key: Index) -> Expression {
    (exact.graph(values, monomial, key) * coefficients).sum(over: monomial)
  }
}
