/// The null space of sampled rates of change of monomials.
struct IntegralSearch {
  private let dimension: Int
  private let field: ([Double]) -> [Double]
  private var generator: GenericPoints

  /// What counts as zero beside the largest entry of a row.
  private static let tolerance = 1e-9
  private static let checks = 8

  init(dimension: Int, seed: UInt64, field: @escaping ([Double]) -> [Double]) {
    self.dimension = dimension
    self.field = field
    generator = GenericPoints(seed: seed)
  }

  /// - Parameters:
  ///   - monomials: of degree one or two, as positions in the state.
  ///   - known: combinations that are conserved already.
  mutating func integrals(among monomials: [[Int]], known: [[[Int]: Double]]) -> [FirstIntegral] {
    let rows = (0..<monomials.count + 8).compactMap { _ in row(monomials) }
    guard rows.count > monomials.count else { return [] }
    var reduced = EchelonMatrix(columns: monomials.count)
    for row in rows { reduced.insert(row, tolerance: Self.tolerance) }
    var space = EchelonMatrix(columns: monomials.count)
    for combination in known {
      space.insert(monomials.map { combination[$0] ?? 0 }, tolerance: Self.tolerance)
    }
    let old = space.rows.count
    // Sparse and with small numbers: the basis of the null space in echelon form.
    for vector in reduced.nullSpace() { space.insert(vector, tolerance: Self.tolerance) }
    return space.rows.dropFirst(old).compactMap { integral($0.map(Self.rounded), monomials) }
  }

  /// d/dt of each monomial at a random point; nil where it is not finite.
  private mutating func row(_ monomials: [[Int]]) -> [Double]? {
    let point = (0..<dimension).map { _ in generator.next() }
    let rates = field(point)
    let row = monomials.map { components in
      components.count == 1
        ? rates[components[0]]
        : point[components[0]] * rates[components[1]] + point[components[1]] * rates[components[0]]
    }
    guard row.allSatisfy(\.isFinite), let largest = row.map(\.magnitude).max(), largest > 0 else {
      return nil
    }
    return row.map { $0 / largest }
  }

  private mutating func integral(_ vector: [Double], _ monomials: [[Int]]) -> FirstIntegral? {
    var residual = 0.0
    var points = 0
    for _ in 0..<Self.checks {
      guard let row = row(monomials) else { continue }
      let terms = zip(vector, row).map { $0 * $1 }
      let size = terms.reduce(0) { $0 + $1.magnitude }
      residual = max(residual, size == 0 ? 0 : terms.reduce(0, +).magnitude / size)
      points += 1
    }
    guard points > 0, residual < Self.tolerance else { return nil }
    let terms = zip(vector, monomials).filter { $0.0 != 0 }
      .map { FirstIntegral.Term(coefficient: $0, components: $1) }
    return FirstIntegral(terms: terms, evidence: .evaluated(points: points, residual: residual))
  }

  /// The nearest fraction with a small denominator, where there is one.
  private static func rounded(_ value: Double) -> Double {
    for denominator in 1...12 {
      let nearest = (value * Double(denominator)).rounded() / Double(denominator)
      if abs(value - nearest) < 1e-7 { return nearest == 0 ? 0 : nearest }
    }
    return value
  }
}

/// Rows in reduced echelon form, built one by one.
struct EchelonMatrix {
  let columns: Int
  private(set) var rows: [[Double]] = []
  private var pivots: [Int] = []

  init(columns: Int) { self.columns = columns }

  /// Adds a row unless the others span it.
  mutating func insert(_ row: [Double], tolerance: Double) {
    var row = row
    let scale = row.map(\.magnitude).max() ?? 0
    // Twice, as rounding leaves a little in the pivot columns the first time.
    for _ in 0..<2 {
      for (pivot, known) in zip(pivots, rows) where row[pivot] != 0 {
        let factor = row[pivot]
        for column in 0..<columns { row[column] -= factor * known[column] }
        row[pivot] = 0
      }
    }
    guard let pivot = row.indices.max(by: { row[$0].magnitude < row[$1].magnitude }),
      row[pivot].magnitude > tolerance * scale
    else { return }
    let leading = row[pivot]
    for column in 0..<columns { row[column] /= leading }
    row[pivot] = 1
    for position in rows.indices where rows[position][pivot] != 0 {
      let factor = rows[position][pivot]
      for column in 0..<columns { rows[position][column] -= factor * row[column] }
      rows[position][pivot] = 0
    }
    rows.append(row)
    pivots.append(pivot)
  }

  /// A basis of the vectors that all rows annihilate, each 1 in one of the columns without a pivot.
  func nullSpace() -> [[Double]] {
    (0..<columns).filter { !pivots.contains($0) }.map { free in
      var vector = [Double](repeating: 0, count: columns)
      vector[free] = 1
      for (pivot, row) in zip(pivots, rows) { vector[pivot] = -row[free] }
      return vector
    }
  }
}
