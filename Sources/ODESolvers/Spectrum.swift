import Foundation
import GSLSupport

/// The extreme eigenvalues of ∂f/∂y at a state: how stiff the system is there.
public struct Spectrum: Hashable, Sendable, Codable {
  public let time: Double
  /// max |λ|, per unit of time.
  public let largestModulus: Double
  /// The most negative and the most positive real part.
  public let smallestRealPart: Double
  public let largestRealPart: Double
  /// max |Im λ|: how fast the solution can oscillate.
  public let largestImaginaryPart: Double
  /// The fastest decay rate over the slowest that is more than rounding of it; 1 where nothing decays.
  public let stiffnessRatio: Double

  /// - Parameter jacobian: ∂f_i/∂y_j at `[i * dimension + j]`.
  /// - Throws: `ProblemError` when it is not square, not finite, or its eigenvalues cannot be had.
  /// - Complexity: O(dimension³).
  public init(jacobian: [Double], dimension: Int, time: Double) throws {
    let eigenvalues = try Self.eigenvalues(jacobian, dimension)
    self.time = time
    largestModulus = eigenvalues.reduce(0) { max($0, ($1.real * $1.real + $1.imaginary * $1.imaginary)) }
      .squareRoot()
    let real = eigenvalues.map(\.real)
    smallestRealPart = real.min() ?? 0
    largestRealPart = real.max() ?? 0
    largestImaginaryPart = eigenvalues.reduce(0) { max($0, abs($1.imaginary)) }
    let noise = 1e-12 * largestModulus
    let decays = real.filter { $0 < -noise }.map { -$0 }
    stiffnessRatio = decays.isEmpty ? 1 : (decays.max() ?? 1) / (decays.min() ?? 1)
  }

  /// About max |λ| of a square matrix, row-major: how much a vector grows on average under twenty products, after ten that
  /// turn it to the fastest directions.
  ///
  /// - Complexity: O(dimension²).
  static func radius(of matrix: [Double], dimension: Int) -> Double {
    // No symmetry of a problem is likely to have this start among its slow directions.
    var vector = (0..<dimension).map { 1 + Double($0 % 7) / 10 }
    var product = vector
    var logarithms = 0.0
    for iteration in 0..<30 {
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 0, norm.isFinite else { return norm.isFinite ? 0 : .infinity }
      for row in 0..<dimension {
        var sum = 0.0
        for column in 0..<dimension { sum += matrix[row * dimension + column] * (vector[column] / norm) }
        product[row] = sum
      }
      if iteration >= 10 { logarithms += log(product.reduce(0) { $0 + $1 * $1 }.squareRoot()) }
      swap(&vector, &product)
    }
    return exp(logarithms / 20)
  }

  private static func eigenvalues(_ jacobian: [Double], _ dimension: Int) throws
    -> [(real: Double, imaginary: Double)]
  {
    guard jacobian.count == dimension * dimension else {
      throw ProblemError.wrongLength(
        of: "numbers in the Jacobian", found: jacobian.count, expected: dimension * dimension)
    }
    guard jacobian.allFinite else { throw ProblemError.nonFinite("the Jacobian") }
    guard let eigenvalues = GSL.eigenvalues(jacobian, size: dimension) else {
      throw ProblemError.nonFinite("an eigenvalue of the Jacobian")
    }
    return eigenvalues
  }
}

extension Integration {
  /// The spectrum of ∂f/∂y at the last accepted state, per unit of t. One Jacobian, from differences where the
  /// system has none.
  public func spectrum() throws -> Spectrum {
    let count = system.dimension
    var matrix = [Double](repeating: 0, count: count * count)
    var timeDerivative = [Double](repeating: 0, count: count)
    rightHandSide.counts.jacobians += 1
    let jacobian = system.jacobian ?? system.withDifferencedJacobian().jacobian
    try jacobian?(time, state, &matrix, &timeDerivative)
    return try Spectrum(jacobian: matrix, dimension: count, time: time)
  }
}
