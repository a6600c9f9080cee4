/// A polynomial of degree one or two that a flow leaves unchanged.
public struct FirstIntegral: Hashable, Sendable {
  /// coefficient · θ_i, or coefficient · θ_i θ_j.
  public struct Term: Hashable, Sendable {
    public let coefficient: Double
    /// One or two positions in the state.
    public let components: [Int]
  }

  public let terms: [Term]
  public let evidence: Evidence

  public func value(_ state: [Double]) -> Double {
    terms.reduce(0) { total, term in
      total + term.components.reduce(term.coefficient) { $0 * state[$1] }
    }
  }

  /// Such as `c[1]^2 + c[2]^2`.
  public func text(names: [String]) -> String {
    var text = ""
    for (position, term) in terms.enumerated() {
      let isSquare = term.components.count == 2 && term.components[0] == term.components[1]
      let variables =
        isSquare
        ? "\(names[term.components[0]])^2" : term.components.map { names[$0] }.joined(separator: "·")
      let size = term.coefficient.magnitude
      let factor = size == 1 ? "" : size == size.rounded() ? "\(Int(size))·" : "\(size)·"
      let sign = term.coefficient < 0 ? "-" : "+"
      text += position == 0 ? (sign == "-" ? "-" : "") : " \(sign) "
      text += factor + variables
    }
    return text
  }
}

/// Linear and quadratic first integrals of θ' = f(θ), found from values of f alone.
///
/// v·θ is conserved if v·f ≡ 0, and θᵀAθ if θᵀA f ≡ 0: f at more random points than there are unknowns gives a
/// matrix whose null space they are. Its basis is brought to echelon form, rounded to small fractions, and checked
/// at fresh points; products of linear integrals are no new ones and left out.
///
/// - Parameters:
///   - dimension: beyond 40 components only squares are looked for among the quadratic ones, and beyond 400 only
///     linear integrals.
///   - field: f. Points at which it is not finite are left out.
/// - Complexity: as many evaluations as unknowns, and their number's cube.
public func firstIntegrals(
  dimension: Int, seed: UInt64 = 1, field: @escaping ([Double]) -> [Double]
) -> [FirstIntegral] {
  let linear = (0..<dimension).map { [$0] }
  var search = IntegralSearch(dimension: dimension, seed: seed, field: field)
  let first = search.integrals(among: linear, known: [])
  guard dimension <= 400 else { return first }
  let pairs =
    dimension <= 40
    ? (0..<dimension).flatMap { i in (i..<dimension).map { [i, $0] } }
    : (0..<dimension).map { [$0, $0] }
  let products = first.indices.flatMap { i in (i..<first.count).map { first[i].terms.times(first[$0].terms) }
  }
  return first + search.integrals(among: pairs, known: products)
}

extension ScalarSystem {
  /// First integrals of the flow whose right-hand side this is: one equation per name.
  ///
  /// - Precondition: as many equations as names.
  /// - Throws: `PlanError`.
  public func firstIntegrals(seed: UInt64 = 1) throws -> [FirstIntegral] {
    precondition(equations.count == names.count, "a flow has an equation for each component")
    let function = try ScalarFunction(planning: self)
    return SymbolicTensors.firstIntegrals(dimension: names.count, seed: seed) { function($0) }
  }
}

extension [FirstIntegral.Term] {
  /// The product of two linear forms, as coefficients of pairs.
  fileprivate func times(_ other: [FirstIntegral.Term]) -> [[Int]: Double] {
    var product: [[Int]: Double] = [:]
    for left in self {
      for right in other {
        let pair = [left.components[0], right.components[0]].sorted()
        product[pair, default: 0] += left.coefficient * right.coefficient
      }
    }
    return product
  }
}
