import CGSL
import GSLSupport

/// GSL's step and control objects for one system: the module's only owner of C memory for steps.
///
/// GSL's own evolve loop is not used: it spends right-hand sides on rejected and on corrected states, goes on with
/// the derivative of the last step after the system has changed, counts rejected attempts as steps, takes NaN for a
/// small error and leaves a rejected state behind on failure.
final class GSLStepper: Stepping {
  private let type: UnsafePointer<gsl_odeiv2_step_type>?
  private let rightHandSide: RightHandSide
  private let system: UnsafeMutablePointer<gsl_odeiv2_system>
  private var driver: UnsafeMutablePointer<gsl_odeiv2_driver>
  private let tolerance: Tolerance
  private let absolutes: [Double]

  /// - Parameters:
  ///   - type: GSL's method.
  ///   - tolerance: that of one step; the implicit and multistep methods iterate and choose orders by it.
  init(
    _ type: UnsafePointer<gsl_odeiv2_step_type>?, _ rightHandSide: RightHandSide, tolerance: Tolerance
  ) throws {
    GSL.prepare()
    self.type = type
    self.rightHandSide = rightHandSide
    self.tolerance = tolerance
    absolutes = try tolerance.absolutes(dimension: rightHandSide.system.dimension)
    system = .allocate(capacity: 1)
    system.initialize(
      to: gsl_odeiv2_system(
        function: derivativeTrampoline,
        jacobian: rightHandSide.system.jacobian == nil ? nil : jacobianTrampoline,
        dimension: rightHandSide.system.dimension,
        params: Unmanaged.passUnretained(rightHandSide).toOpaque()))
    guard let driver = Self.makeDriver(system, type, tolerance, absolutes) else {
      system.deallocate()
      throw ProblemError.outOfMemory(dimension: rightHandSide.system.dimension)
    }
    self.driver = driver
  }

  deinit {
    gsl_odeiv2_driver_free(driver)
    system.deallocate()
  }

  /// The implicit and multistep steppers ask the driver's control for the error level of each component.
  private static func makeDriver(
    _ system: UnsafeMutablePointer<gsl_odeiv2_system>, _ type: UnsafePointer<gsl_odeiv2_step_type>?,
    _ tolerance: Tolerance, _ absolutes: [Double]
  ) -> UnsafeMutablePointer<gsl_odeiv2_driver>? {
    gsl_odeiv2_driver_alloc_scaled_new(
      system, type, 1, 1, tolerance.relative, 1, tolerance.derivativeWeight, absolutes)
  }

  /// A new object: GSL's reset leaves traces.
  func restart() throws {
    guard let fresh = Self.makeDriver(system, type, tolerance, absolutes) else {
      throw ProblemError.outOfMemory(dimension: rightHandSide.system.dimension)
    }
    gsl_odeiv2_driver_free(driver)
    driver = fresh
  }

  var order: Int { Int(gsl_odeiv2_step_order(driver.pointee.s)) }

  func attempt(
    at reading: Double, step: Double, state: inout [Double], slope: [Double]?, error: inout [Double]
  ) throws -> Bool {
    let status = state.withUnsafeMutableBufferPointer { state in
      error.withUnsafeMutableBufferPointer { error in
        if let slope {
          slope.withUnsafeBufferPointer { slope in
            apply(reading, step, state.baseAddress, error.baseAddress, slope.baseAddress)
          }
        } else {
          apply(reading, step, state.baseAddress, error.baseAddress, nil)
        }
      }
    }
    if let thrown = rightHandSide.thrown { throw thrown }
    return status == Status.success
  }

  private func apply(
    _ reading: Double, _ step: Double, _ state: UnsafeMutablePointer<Double>?,
    _ error: UnsafeMutablePointer<Double>?, _ slope: UnsafePointer<Double>?
  ) -> Int32 {
    // No dydt_out: the derivative at a state is wanted only once the state is accepted.
    gsl_odeiv2_step_apply(driver.pointee.s, reading, step, state, error, slope, nil, system)
  }
}
