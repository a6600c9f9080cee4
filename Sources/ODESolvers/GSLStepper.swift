import CGSL

/// GSL's step and control objects for one system: the module's only owner of C memory for steps.
///
/// GSL's own evolve loop is not used: it spends right-hand sides on rejected and on corrected states, goes on with
/// the derivative of the last step after the system has changed, counts rejected attempts as steps, takes NaN for a
/// small error and leaves a rejected state behind on failure.
final class GSLStepper {
  let stepper: Stepper
  private let rightHandSide: RightHandSide
  private let system: UnsafeMutablePointer<gsl_odeiv2_system>
  private var driver: UnsafeMutablePointer<gsl_odeiv2_driver>
  private let tolerance: Tolerance
  private let absolutes: [Double]

  /// GSL's default error handler aborts the process; it is switched off once, when the first stepper is made.
  private static let errorHandlerOff: Void = cgsl_error_handler_off()

  static func switchErrorHandlerOff() { _ = errorHandlerOff }

  /// - Parameter tolerance: that of one step.
  init(_ stepper: Stepper, _ rightHandSide: RightHandSide, tolerance: Tolerance) throws {
    Self.switchErrorHandlerOff()
    if stepper.needsJacobian && rightHandSide.system.jacobian == nil {
      throw ProblemError.missingJacobian(stepper)
    }
    self.stepper = stepper
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
    guard let driver = Self.makeDriver(system, stepper, tolerance, absolutes) else {
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
    _ system: UnsafeMutablePointer<gsl_odeiv2_system>, _ stepper: Stepper, _ tolerance: Tolerance,
    _ absolutes: [Double]
  ) -> UnsafeMutablePointer<gsl_odeiv2_driver>? {
    gsl_odeiv2_driver_alloc_scaled_new(
      system, stepper.gslType, 1, 1, tolerance.relative, 1, tolerance.derivativeWeight, absolutes)
  }

  /// Forgets all history, as if just made: a new object, so that a resumed run and an uninterrupted one hold the
  /// same.
  func restart() throws {
    guard let fresh = Self.makeDriver(system, stepper, tolerance, absolutes) else {
      throw ProblemError.outOfMemory(dimension: rightHandSide.system.dimension)
    }
    gsl_odeiv2_driver_free(driver)
    driver = fresh
  }

  /// The order of the next step.
  var order: Int { Int(gsl_odeiv2_step_order(driver.pointee.s)) }

  /// Tries a step. `state` holds y on entry and the trial on exit; `error` its estimated error, with signs.
  /// `slope` is dy/dclock at y, or nil where it is not known exactly. Returns whether the stepper got through.
  ///
  /// - Throws: what the system throws.
  func attempt(
    at reading: Double, step: Double, state: inout [Double], slope: [Double]?, error: inout [Double]
  ) throws -> Bool {
    // GSL's sanity checks return success without doing anything: then these stay.
    for index in error.indices { error[index] = .nan }
    if let slope { rightHandSide.beginStep(at: reading, slope: slope) }
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

extension Stepper {
  var gslType: UnsafePointer<gsl_odeiv2_step_type>? {
    switch self {
    case .rk2: cgsl_step_rk2()
    case .rk4: cgsl_step_rk4()
    case .rkf45: cgsl_step_rkf45()
    case .rkck: cgsl_step_rkck()
    case .rk8pd: cgsl_step_rk8pd()
    case .rk1imp: cgsl_step_rk1imp()
    case .rk2imp: cgsl_step_rk2imp()
    case .rk4imp: cgsl_step_rk4imp()
    case .bsimp: cgsl_step_bsimp()
    case .msadams: cgsl_step_msadams()
    case .msbdf: cgsl_step_msbdf()
    }
  }

  /// The power of h that the estimated error goes with, at the given order of the stepper.
  func errorOrder(_ order: Int) -> Int {
    switch self {
    case .rkf45, .rkck, .rk8pd, .bsimp: order
    case .rk2, .rk4, .rk1imp, .rk2imp, .rk4imp, .msadams, .msbdf: order + 1
    }
  }
}
