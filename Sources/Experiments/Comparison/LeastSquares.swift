/// A straight line through points.
struct LeastSquares {
  let slope: Double
  /// From the residuals; nil for two points.
  let standardError: Double?

  /// - Parameter weights: of the squared residuals; by default all the same.
  /// - Returns: nil unless there are two different abscissae and all numbers are finite.
  init?(_ x: [Double], _ y: [Double], weights: [Double]? = nil) {
    let weights = weights ?? x.map { _ in 1 }
    guard x.count == y.count, x.count > 1, (x + y + weights).allSatisfy(\.isFinite) else { return nil }
    let total = weights.reduce(0, +)
    func mean(_ values: [Double]) -> Double { zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / total }
    let (centerX, centerY) = (mean(x), mean(y))
    let variance = mean(x.map { ($0 - centerX) * ($0 - centerX) })
    guard variance > 0 else { return nil }
    let slope = mean(zip(x, y).map { ($0 - centerX) * ($1 - centerY) }) / variance
    let residual = mean(
      zip(x, y).map { x, y in
        let rest = y - centerY - slope * (x - centerX)
        return rest * rest
      })
    self.slope = slope
    standardError = x.count > 2 ? (residual / Double(x.count - 2) / variance).squareRoot() : nil
  }
}
