import InductionModel

/// The monomials in the one-hot tokens of a window, and the few windows at which a polynomial's values give it.
///
/// The indicator of token 0 at a lag is 1 minus the others. A monomial is a product of indicators of other tokens at distinct
/// lags, since those at one lag exclude each other, and is told by the window that has these tokens and 0 elsewhere.
/// Where heads' outputs are linear in the tokens similarities are polynomials of degree D, in the key as in the query.
struct WindowMonomials {
  /// The numbers of the windows that tell the monomials, ascending.
  let windows: [Int]
  /// K(b, Z), `[monomial][window]`: 1 where a window has all tokens of a monomial, else 0.
  let values: [Double]
  /// D(b, c), `[monomial][monomial]`: a polynomial's coefficients are f_b = Σ_c D(b, c) f(Z_c), by inclusion and exclusion.
  let differences: [Double]

  /// All monomials up to a degree; nil where there are more than `most`.
  ///
  /// - Parameter degree: at most `model.reach`, where any function of a window is a polynomial.
  init?(_ model: ModelDefinition, degree: Int, most: Int) {
    let (tokens, reach) = (model.tokens, model.reach)
    guard let count = Self.count(tokens: tokens, reach: reach, degree: degree), count <= most else {
      return nil
    }
    let number = (0..<reach).reduce(1) { windows, _ in windows * tokens }
    let all = (0..<number).map { Self.digits($0, tokens: tokens, reach: reach) }
    func order(_ window: Int) -> Int { all[window].count { $0 > 0 } }
    func has(_ window: Int, _ part: Int) -> Bool {
      zip(all[part], all[window]).allSatisfy { $0 == 0 || $0 == $1 }
    }
    let windows = all.indices.filter { order($0) <= degree }
    values = windows.flatMap { monomial in all.indices.map { has($0, monomial) ? 1 : 0 } }
    differences = windows.flatMap { monomial in
      windows.map { part in
        guard has(monomial, part) else { return 0 }
        return (order(monomial) - order(part)).isMultiple(of: 2) ? 1 : -1
      }
    }
    self.windows = windows
  }

  private static func digits(_ window: Int, tokens: Int, reach: Int) -> [Int] {
    var rest = window
    return (0..<reach).map { _ in
      defer { rest /= tokens }
      return rest % tokens
    }
  }

  /// Σ_{k ≤ degree} C(reach, k) (tokens − 1)^k; nil beyond the integers.
  private static func count(tokens: Int, reach: Int, degree: Int) -> Int? {
    var (total, term) = (1, 1)
    for k in stride(from: 1, through: degree, by: 1) {
      let (choices, overflows) = term.multipliedReportingOverflow(by: (reach - k + 1) * (tokens - 1))
      guard !overflows else { return nil }
      term = choices / k
      let (sum, leaves) = total.addingReportingOverflow(term)
      guard !leaves else { return nil }
      total = sum
    }
    return total
  }
}
