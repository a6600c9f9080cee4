import InductionModel

/// The monomials in a key window's tokens that similarities are made of.
///
/// A factor is the indicator of one token other than 0 at one lag; the indicators of token 0 are one minus the others. A
/// product of at most D head outputs, each linear in the tokens, is a polynomial in the factors. A monomial has
/// distinct lags, since indicators of different tokens at one lag exclude each other: there are
/// Σ_{k≤D} C(W, k) (d−1)^k of them, mostly far fewer than the d^W windows.
struct KeyMonomials {
  private let tokens: Int
  private let reach: Int
  /// Sets of factors, the empty one first; factor (lag − 1)(d − 1) + token − 1.
  private let monomials: [[Int]]

  /// nil where there are more than `most`.
  init?(model: ModelDefinition, most: Int) {
    tokens = model.tokens
    reach = model.reach
    var found: [[Int]] = [[]]
    var last = found
    for _ in 0..<min(model.degree, model.reach) {
      var longer: [[Int]] = []
      for monomial in last {
        let firstLag = monomial.last.map { $0 / (model.tokens - 1) + 1 } ?? 0
        let factors = firstLag * (model.tokens - 1)..<model.reach * (model.tokens - 1)
        guard found.count + longer.count + factors.count <= most else { return nil }
        longer += factors.map { monomial + [$0] }
      }
      found += longer
      last = longer
    }
    monomials = found
  }

  var count: Int { monomials.count }

  /// 1 and the factors: what a head's output is linear in.
  var terms: Int { 1 + reach * (tokens - 1) }

  /// The monomials of every window, `[monomial][window]`.
  func table(windows: Int) -> [Double] {
    var digits = [Int](repeating: 1, count: reach)
    for lag in digits.indices.dropFirst() { digits[lag] = digits[lag - 1] * tokens }
    var table: [Double] = []
    table.reserveCapacity(count * windows)
    for monomial in monomials {
      for window in 0..<windows {
        let holds = monomial.allSatisfy { factor in
          window / digits[factor / (tokens - 1)] % tokens == factor % (tokens - 1) + 1
        }
        table.append(holds ? 1 : 0)
      }
    }
    return table
  }

  /// Which monomial a product of `degree` terms is, `[term]...[term][monomial]`: 1 there, 0 elsewhere, and 0 throughout
  /// where the product vanishes.
  func products(degree: Int) -> [Double] {
    let positions = Dictionary(uniqueKeysWithValues: monomials.enumerated().map { ($1, $0) })
    let tuples = (0..<degree).reduce(1) { count, _ in count * terms }
    var table = [Double](repeating: 0, count: tuples * count)
    for tuple in 0..<tuples {
      var rest = tuple
      var factors = Set<Int>()
      for _ in 0..<degree {
        if rest % terms > 0 { factors.insert(rest % terms - 1) }
        rest /= terms
      }
      // Two tokens at one lag are no monomial.
      if let position = positions[factors.sorted()] { table[tuple * count + position] = 1 }
    }
    return table
  }

  /// A head's output on a key as terms, `[term][lag of the head][token]`: Σ_j σ_j V(x_j) with
  /// V(x_j) = V(0) + Σ_{x>0} 1[x_j = x] (V(x) − V(0)).
  func splitting(lags: ClosedRange<Int>) -> [Double] {
    var table = [Double](repeating: 0, count: terms * lags.count * tokens)
    for (position, lag) in lags.enumerated() {
      table[position * tokens] = 1
      for token in 1..<tokens {
        let term = 1 + (lag - 1) * (tokens - 1) + token - 1
        table[(term * lags.count + position) * tokens + token] = 1
        table[(term * lags.count + position) * tokens] = -1
      }
    }
    return table
  }
}
