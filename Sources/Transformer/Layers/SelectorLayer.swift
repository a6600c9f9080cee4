/// f(k) = Σ_S p_S Π_{h∈S} k_h, the inner product of two feature maps as a function of the heads' inner products.
struct SetPolynomial: Hashable, Sendable {
  /// Members of every set, heads counted from 0.
  let members: [[Int]]

  /// k [H] → f.
  func forward<Real: TrainingScalar>(shares p: [Real], _ k: ArraySlice<Real>) -> Real {
    var value: Real = 0
    for (set, heads) in members.enumerated() {
      var product = p[set]
      for head in heads { product *= k[k.startIndex + head] }
      value += product
    }
    return value
  }

  /// df → dk [H] and dp, both added to what is there.
  func backward<Real: TrainingScalar>(
    _ df: Real, shares p: [Real], _ k: ArraySlice<Real>, dk: inout [Real], at offset: Int, dp: inout [Real]
  ) {
    for (set, heads) in members.enumerated() {
      var product: Real = 1
      for head in heads { product *= k[k.startIndex + head] }
      dp[set] += df * product
      for left in heads {
        var others = p[set]
        for head in heads where head != left { others *= k[k.startIndex + head] }
        dk[offset + left] += df * others
      }
    }
  }
}

/// The feed-forward features and their inner products with the query's: v [n + 1][H][d] → q [n].
struct SelectorLayer<Real: TrainingScalar> {
  let shape: PassShape
  let polynomial: SetPolynomial
  let keys: Int
  /// ⟨v_l^h, v_{L+1}^h⟩, or its positive part, [n][H].
  var products: [Real]
  /// ‖v^h‖², [n + 1][H]; only for the norm `feature`.
  var squares: [Real]
  /// Σ_S p_S Π‖v^h‖², [n + 1].
  var featureNorms: [Real]
  /// Σ_S p_S Π⟨v^h, v'^h⟩, [n].
  var similarities: [Real]
  /// q, [n].
  var q: [Real]

  init(shape: PassShape, keys: Int) {
    self.shape = shape
    self.keys = keys
    polynomial = SetPolynomial(members: shape.definition.sets.map { $0.members.map { $0 - 1 } })
    let rows = shape.featureNorm == .feature ? keys + 1 : 0
    products = Array(repeating: 0, count: keys * shape.heads)
    squares = Array(repeating: 0, count: rows * shape.heads)
    featureNorms = Array(repeating: 0, count: rows)
    similarities = Array(repeating: 0, count: keys)
    q = Array(repeating: 0, count: keys)
  }

  mutating func forward(_ v: [Real], shares p: [Real]) {
    let (d, width) = (shape.tokens, shape.heads * shape.tokens)
    for row in 0..<keys {
      for head in 0..<shape.heads {
        let product = dot(v, row * width + head * d, keys * width + head * d, d)
        products[row * shape.heads + head] = shape.isRectified ? max(0, product) : product
      }
      similarities[row] = polynomial.forward(shares: p, heads(products, row))
      q[row] = similarities[row]
    }
    guard shape.featureNorm == .feature else { return }
    for row in 0...keys {
      for head in 0..<shape.heads {
        squares[row * shape.heads + head] = dot(v, row * width + head * d, row * width + head * d, d)
      }
      featureNorms[row] = polynomial.forward(shares: p, heads(squares, row))
    }
    for row in 0..<keys {
      let norm = (featureNorms[row] * featureNorms[keys]).squareRoot()
      q[row] = norm > 0 ? similarities[row] / norm : 0
    }
  }

  /// dq [n] → dv [n + 1][H][d], overwritten, and dp, added to.
  func backward(_ dq: [Real], v: [Real], shares p: [Real], dv: inout [Real], dp: inout [Real]) {
    let (d, width) = (shape.tokens, shape.heads * shape.tokens)
    var dsimilarities = dq
    var dproducts = Array(repeating: Real(0), count: products.count)
    var dsquares = Array(repeating: Real(0), count: squares.count)
    for entry in dv.indices { dv[entry] = 0 }
    if shape.featureNorm == .feature {
      var dquery: Real = 0
      for row in 0..<keys {
        let norm = (featureNorms[row] * featureNorms[keys]).squareRoot()
        dsimilarities[row] = norm > 0 ? dq[row] / norm : 0
        guard norm > 0 else { continue }
        let dnorm = -q[row] * dq[row] / (2 * featureNorms[row])
        dquery -= q[row] * dq[row] / (2 * featureNorms[keys])
        polynomial.backward(
          dnorm, shares: p, heads(squares, row), dk: &dsquares, at: row * shape.heads, dp: &dp)
      }
      polynomial.backward(
        dquery, shares: p, heads(squares, keys), dk: &dsquares, at: keys * shape.heads, dp: &dp)
      for row in 0...keys {
        for head in 0..<shape.heads {
          let factor = 2 * dsquares[row * shape.heads + head]
          for e in 0..<d { dv[row * width + head * d + e] += factor * v[row * width + head * d + e] }
        }
      }
    }
    for row in 0..<keys {
      polynomial.backward(
        dsimilarities[row], shares: p, heads(products, row), dk: &dproducts, at: row * shape.heads, dp: &dp)
      for head in 0..<shape.heads {
        let factor = dproducts[row * shape.heads + head]
        if shape.isRectified, products[row * shape.heads + head] == 0 { continue }
        for e in 0..<d {
          dv[row * width + head * d + e] += factor * v[keys * width + head * d + e]
          dv[keys * width + head * d + e] += factor * v[row * width + head * d + e]
        }
      }
    }
  }

  private func heads(_ values: [Real], _ row: Int) -> ArraySlice<Real> {
    values[row * shape.heads..<(row + 1) * shape.heads]
  }

  private func dot(_ v: [Real], _ left: Int, _ right: Int, _ count: Int) -> Real {
    var sum: Real = 0
    for e in 0..<count { sum += v[left + e] * v[right + e] }
    return sum
  }
}
