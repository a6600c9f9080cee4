import CGSL

/// GSL's Brent–Dekker root finder on a closure.
///
/// Source: GSL manual, "One Dimensional Root-Finding"; Brent, *Algorithms for Minimization without Derivatives*.
final class RootFinder {
  private var function: ((Double) throws -> Double)?
  private var thrown: (any Error)?

  /// A zero between `low` and `high`, where the function's signs differ; located to `tolerance`.
  ///
  /// - Throws: what the function throws.
  func root(
    between low: Double, and high: Double, tolerance: Double, of function: @escaping (Double) throws -> Double
  ) throws -> Double {
    guard let solver = gsl_root_fsolver_alloc(cgsl_root_brent()) else { return (low + high) / 2 }
    defer {
      gsl_root_fsolver_free(solver)
      self.function = nil
      self.thrown = nil
    }
    self.function = function
    var gslFunction = gsl_function(
      function: { argument, context in
        guard let context else { return .nan }
        return Unmanaged<RootFinder>.fromOpaque(context).takeUnretainedValue().value(argument)
      }, params: Unmanaged.passUnretained(self).toOpaque())
    return try withUnsafeMutablePointer(to: &gslFunction) { pointer in
      let status = gsl_root_fsolver_set(solver, pointer, low, high)
      if let thrown { throw thrown }
      guard status == Status.success else { return abs(value(low)) <= abs(value(high)) ? low : high }
      for _ in 0..<100 {
        let status = gsl_root_fsolver_iterate(solver)
        if let thrown { throw thrown }
        guard status == Status.success else { break }
        let width = gsl_root_fsolver_x_upper(solver) - gsl_root_fsolver_x_lower(solver)
        if width <= max(tolerance, 4 * gsl_root_fsolver_root(solver).magnitude.ulp) { break }
      }
      return gsl_root_fsolver_root(solver)
    }
  }

  private func value(_ argument: Double) -> Double {
    do {
      return try function?(argument) ?? .nan
    } catch {
      thrown = error
      return .nan
    }
  }
}
