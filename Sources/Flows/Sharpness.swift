import ODESolvers
import ParameterSpaces

/// How curved the loss is at a point, by what trains: descent with rate η follows the flow as long as no curvature is above 2/η
/// (J. Cohen et al., arXiv 2103.00065).
public struct Sharpness: Hashable, Sendable {
  /// The largest eigenvalue of ∂²L, per unit of time.
  public let largestEigenvalue: Double
  /// gᵀ ∂²L g / gᵀg, g = ∇L: how fast the flow itself slows down. nil at rest.
  public let alongFlow: Double?
}

extension LossFunction {
  /// - Parameter trained: the groups by which second derivatives are taken; nil for all.
  /// - Throws: `PlanError` for lack of memory, `ProblemError` where second derivatives are not finite.
  /// - Complexity: that of `hessian`, and O(components³).
  public func sharpness(_ point: [Double], trained: [ParameterGroup]? = nil) throws -> Sharpness {
    let components = space.components(of: trained ?? space.groups)
    let count = components.count
    let matrix = try hessian(point, components: components)
    var whole = point
    gradient(point, into: &whole)
    let slope = components.map { whole[$0] }
    let square = slope.reduce(0) { $0 + $1 * $1 }
    let product = slope.indices.reduce(0.0) { sum, row in
      sum + slope[row] * slope.indices.reduce(0) { $0 + matrix[row * count + $1] * slope[$1] }
    }
    return Sharpness(
      largestEigenvalue: try Spectrum(jacobian: matrix, dimension: count, time: 0).largestRealPart,
      alongFlow: square > 0 ? product / square : nil)
  }
}
