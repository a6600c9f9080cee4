/// How an identity was established.
public enum Evidence: Hashable, Sendable, CustomStringConvertible {
  /// By rewriting its two sides to the same expression: it holds at every point and for all numbers of the
  /// coefficients.
  case identity
  /// By evaluating it at random points: true up to the residual, relative to the size of its terms.
  case evaluated(points: Int, residual: Double)

  public var description: String {
    switch self {
    case .identity: "identity"
    case .evaluated(let points, let residual): "evaluated at \(points) points, residual \(residual)"
    }
  }
}
