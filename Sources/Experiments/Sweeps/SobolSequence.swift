import CGSL

/// Sobol's quasi-random points in the unit cube, as GSL draws them: they fill it more evenly than random ones.
///
/// Point n is the sum modulo 2 of those direction numbers that the bits of n's Gray code select, so that any point
/// is found on its own from a table of O(dimensions · log points). The origin, point 0, is left out, as GSL does.
///
/// Sources: Bratley, Fox, "Algorithm 659", TOMS 14 (1988), whose direction numbers GSL has; Antonov, Saleev, "An
/// economic method of computing LPτ-sequences", 1979, for the Gray code.
struct SobolSequence: Sendable {
  static let mostDimensions = 40
  /// GSL counts with 30 bits.
  private static let bits = 30

  let dimensions: Int
  /// One of each dimension for every bit of a point's number.
  private let directions: [[UInt32]]

  /// - Parameters:
  ///   - dimensions: 1...`mostDimensions`.
  ///   - points: how many will be asked for, below 2³⁰.
  /// - Throws: `SobolError`. O(dimensions · points), once.
  init(dimensions: Int, points: Int) throws(SobolError) {
    guard (1...Self.mostDimensions).contains(dimensions), (0..<1 << Self.bits).contains(points),
      let generator = gsl_qrng_alloc(cgsl_qrng_sobol(), UInt32(dimensions))
    else { throw SobolError() }
    defer { gsl_qrng_free(generator) }
    var directions: [[UInt32]] = []
    var coordinates = [Double](repeating: 0, count: dimensions)
    var last = [UInt32](repeating: 0, count: dimensions)
    // Point 2ᵏ differs from the one before it by direction number k.
    for number in 1..<points + 1 {
      guard gsl_qrng_get(generator, &coordinates) == GSL_SUCCESS else { throw SobolError() }
      let isPower = number & (number - 1) == 0
      guard isPower || number & (number + 1) == 0 else { continue }
      let point = coordinates.map { UInt32($0 * Double(1 << Self.bits)) }
      if isPower { directions.append(zip(point, last).map { $0 ^ $1 }) }
      last = point
    }
    self.dimensions = dimensions
    self.directions = directions
  }

  /// In (0, 1). O(log points).
  ///
  /// - Parameter number: 1...points.
  func coordinate(_ dimension: Int, ofPoint number: Int) -> Double {
    var code = number ^ number >> 1
    var sum: UInt32 = 0
    while code != 0 {
      sum ^= directions[code.trailingZeroBitCount][dimension]
      code &= code - 1
    }
    return Double(sum) / Double(1 << Self.bits)
  }
}

/// More dimensions or points than GSL has numbers for.
struct SobolError: Error {}
