import Foundation

extension CounterGenerator {
  /// One row from Dirichlet(α·1), written at `range`.
  ///
  /// Gammas by Marsaglia and Tsang (ACM TOMS 2000); for α < 1 through G(α) = G(α+1)·U^{1/α}, kept as logarithms, as
  /// at α = 0.01 every gamma of a row may underflow.
  mutating func dirichlet(_ concentration: Double, into row: inout [Double], _ range: Range<Int>) {
    var largest = -Double.infinity
    for entry in range {
      row[entry] = logGamma(concentration)
      largest = max(largest, row[entry])
    }
    var total = 0.0
    for entry in range {
      row[entry] = exp(row[entry] - largest)
      total += row[entry]
    }
    for entry in range { row[entry] /= total }
  }

  /// The logarithm of a Gamma(α, 1) variable.
  private mutating func logGamma(_ shape: Double) -> Double {
    guard shape >= 1 else { return logGamma(shape + 1) + log(uniform()) / shape }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let normal = normal()
      let root = 1 + c * normal
      guard root > 0 else { continue }
      let cube = root * root * root
      if log(uniform()) < 0.5 * normal * normal + d * (1 - cube + log(cube)) { return log(d * cube) }
    }
  }

  /// Box and Muller's first half.
  private mutating func normal() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform())
  }
}
