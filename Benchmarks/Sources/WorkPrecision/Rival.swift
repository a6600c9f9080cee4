import GSL
import ODESolvers

/// The same problem with gsl_odeiv2_driver as GSL's manual uses it: standard control, one call to the end.
final class Rival {
  private let system: ODESystem
  private let isLogarithmic: Bool
  private(set) var evaluations = 0
  private var state: [Double]
  private var slope: [Double]
  private var matrix: [Double]

  init(_ system: ODESystem, time: TimeScale) {
    self.system = system
    isLogarithmic = time == .logarithmic
    state = Array(repeating: 0, count: system.dimension)
    slope = state
    matrix = Array(repeating: 0, count: system.dimension * system.dimension)
  }

  /// The state at the end, from t = 0; nil when GSL gives up. Times are those of the stepper, log(1 + t) included.
  func integrate(
    _ stepper: Stepper, from start: [Double], to end: Double, relative: Double, absolute: Double
  ) -> [Double]? {
    gsl_set_error_handler_off()
    var gslSystem = gsl_odeiv2_system(
      function: { time, state, slope, context in
        guard let state, let slope, let context else { return 3 }
        return Unmanaged<Rival>.fromOpaque(context).takeUnretainedValue().evaluate(time, state, slope)
      },
      jacobian: { time, state, matrix, timeDerivative, context in
        guard let state, let matrix, let timeDerivative, let context else { return 3 }
        return Unmanaged<Rival>.fromOpaque(context).takeUnretainedValue()
          .jacobian(time, state, matrix, timeDerivative)
      }, dimension: system.dimension, params: Unmanaged.passUnretained(self).toOpaque())
    evaluations = 0
    var result = start
    let status = withUnsafeMutablePointer(to: &gslSystem) { pointer -> Int32 in
      guard
        let driver = gsl_odeiv2_driver_alloc_y_new(
          pointer, rival_step(stepper.rawValue), 1e-6, absolute, relative)
      else { return -1 }
      defer { gsl_odeiv2_driver_free(driver) }
      gsl_odeiv2_driver_set_nmax(driver, 300_000)
      var time = 0.0
      return gsl_odeiv2_driver_apply(driver, &time, end, &result)
    }
    return status == 0 ? result : nil
  }

  private func time(_ reading: Double) -> (time: Double, rate: Double) {
    isLogarithmic ? (expOf(reading) - 1, expOf(reading)) : (reading, 1)
  }

  private func evaluate(
    _ reading: Double, _ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>
  ) -> Int32 {
    evaluations += 1
    let (time, rate) = time(reading)
    for index in state.indices { state[index] = input[index] }
    guard (try? system.derivative(time, state, &slope)) != nil else { return 9 }
    for index in slope.indices { output[index] = rate * slope[index] }
    return 0
  }

  private func jacobian(
    _ reading: Double, _ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>,
    _ timeOutput: UnsafeMutablePointer<Double>
  ) -> Int32 {
    let (time, rate) = time(reading)
    for index in state.indices { state[index] = input[index] }
    for index in matrix.indices { matrix[index] = 0 }
    var timeDerivative = [Double](repeating: 0, count: state.count)
    guard (try? system.jacobian?(time, state, &matrix, &timeDerivative)) != nil,
      (try? system.derivative(time, state, &slope)) != nil
    else { return 9 }
    for index in matrix.indices { output[index] = rate * matrix[index] }
    for index in slope.indices {
      timeOutput[index] = rate * rate * timeDerivative[index] + (isLogarithmic ? rate * slope[index] : 0)
    }
    return 0
  }
}
