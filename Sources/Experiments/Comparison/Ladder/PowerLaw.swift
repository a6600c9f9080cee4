import Foundation

/// The order p of errors C x^p (1 + D x) that vanish with x: a fit of log error = log C + p log x + D x.
///
/// The line log error = log C + p log x alone has a bias of the size of D x over the sweep, which no error of its own shows.
struct PowerLaw {
  let order: Double
  /// The largest of what the residuals say, what the errors' own errors do, and how much the order changes when the point
  /// of the largest x is left out: that of the next order but one.
  let standardError: Double

  /// - Parameters:
  ///   - errors: > 0.
  ///   - standardErrors: of the errors; nil where they are exact.
  /// - Returns: nil for fewer than three different x, or numbers that are not finite.
  init?(_ x: [Double], errors: [Double], standardErrors: [Double]?) {
    guard let whole = Fit(x, errors, standardErrors) else { return nil }
    order = whole.order
    let kept = x.indices.filter { x[$0] < x.max() ?? 0 }
    // Where errors are sampled, the change would be their own noise.
    let part =
      standardErrors == nil ? Fit(kept.map { x[$0] }, kept.map { errors[$0] }, nil) : nil
    standardError = max(whole.residual, whole.sampling, part.map { abs($0.order - whole.order) } ?? 0)
  }

  private struct Fit {
    var order: Double
    /// Standard errors of the order; 0 where they are not known.
    var residual = 0.0
    var sampling = 0.0

    /// Least squares with log x made orthogonal to 1 and x (Frisch and Waugh).
    init?(_ x: [Double], _ errors: [Double], _ standardErrors: [Double]?) {
      let (logs, values) = (x.map { log($0) }, errors.map { log($0) })
      // Of the logarithms.
      let spreads = standardErrors.map { zip(errors, $0).map { max($1, 1e-12) / $0 } }
      let weights: [Double] = spreads.map { $0.map { 1 / ($0 * $0) } } ?? x.map { _ in 1 }
      guard x.count >= 3, (logs + values + weights).allSatisfy(\.isFinite) else { return nil }
      func inner(_ left: [Double], _ right: [Double]) -> Double {
        weights.indices.reduce(0.0) { $0 + weights[$1] * left[$1] * right[$1] }
      }
      func without(_ basis: [Double], _ vector: [Double]) -> [Double] {
        let factor = inner(basis, vector) / inner(basis, basis)
        return zip(vector, basis).map { $0 - factor * $1 }
      }
      let ones = x.map { _ in 1.0 }
      let slope = without(ones, x)
      let direction = without(slope, without(ones, logs))
      let size = inner(direction, direction)
      guard inner(slope, slope) > 0, size > 1e-12 * inner(logs, logs) else { return nil }
      order = inner(direction, values) / size
      let rest = without(direction, without(slope, without(ones, values)))
      if x.count > 3 { residual = (inner(rest, rest) / Double(x.count - 3) / size).squareRoot() }
      if standardErrors != nil { sampling = (1 / size).squareRoot() }
    }
  }
}
