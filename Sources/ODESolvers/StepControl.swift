import Foundation

/// Turns estimated errors into the next step.
///
/// Error per step in the maximum norm, weighted by the tolerance: 1 is just acceptable. The elementary controller
/// of GSL's manual with its bounds; see Hairer, Nørsett, Wanner I, II.4. GSL's safety factor of 0.9 rejects a fifth
/// of the steps of rk8pd, and keeps the multistep steppers' order from settling; the steppers' own cost the fewest
/// right-hand sides over the DETEST problems.
struct StepControl {
  let stepper: Stepper
  let relative: Double
  let derivativeWeight: Double
  let absolutes: [Double]

  init(stepper: Stepper, tolerance: Tolerance, absolutes: [Double]) {
    self.stepper = stepper
    relative = tolerance.relative
    derivativeWeight = tolerance.derivativeWeight
    self.absolutes = absolutes
  }

  /// Measures by the tolerance of one step.
  ///
  /// - Throws: `ProblemError`.
  init(ofOneStep stepper: Stepper, _ tolerance: Tolerance, dimension: Int) throws {
    let local = tolerance.local(stepper)
    self.init(stepper: stepper, tolerance: local, absolutes: try local.absolutes(dimension: dimension))
  }

  static let greatestShrinkage = 0.2

  /// max_i |error_i| / (absolute_i + relative (max(|y_i|, |z_i|) + a |h y'_i|)), y before and z after the step.
  /// Infinite when anything is not finite.
  func norm(error: [Double], before: [Double], after: [Double], slope: [Double], step: Double) -> Double {
    var largest = 0.0
    var sum = 0.0
    for index in error.indices {
      var size = max(abs(before[index]), abs(after[index]))
      if derivativeWeight > 0 { size += derivativeWeight * abs(step * slope[index]) }
      let ratio = abs(error[index]) / (absolutes[index] + relative * size)
      largest = max(largest, ratio)
      sum += ratio + after[index]
    }
    // max() and comparisons drop NaN: a sum does not.
    return sum.isFinite || (largest.isFinite && error.allFinite && after.allFinite) ? largest : .infinity
  }

  /// max_i |v_i| / (absolute_i + relative |y_i|).
  func norm(_ vector: [Double], at state: [Double]) -> Double {
    var largest = 0.0
    for index in vector.indices {
      largest = max(largest, abs(vector[index]) / (absolutes[index] + relative * abs(state[index])))
    }
    return largest
  }

  /// The power of h that the estimated error goes with, at the given order of the stepper.
  private func errorOrder(_ order: Int) -> Double { Double(order + stepper.control.errorOrderExcess) }

  /// What to multiply an accepted step of this error by.
  func growth(error: Double, order: Int) -> Double {
    let factor = stepper.control.safety * pow(max(error, 1e-30), -1 / errorOrder(order))
    // A multistep method pays for a change of step; a small one is not worth it.
    if stepper.isMultistep && factor > 1 && factor < 1.1 { return 1 }
    return min(max(factor, Self.greatestShrinkage), stepper.control.greatestGrowth)
  }

  /// What to multiply a rejected step of this error by, < 1.
  func shrinkage(error: Double, order: Int) -> Double {
    guard error.isFinite else { return 0.5 }
    let factor = stepper.control.safetyAfterRejection * pow(error, -1 / errorOrder(order))
    return min(max(factor, Self.greatestShrinkage), 0.9)
  }

  /// The first step from y, y' and y' after an Euler step of `probe`, whose caller evaluates it.
  func probe(state: [Double], slope: [Double], span: Double) -> Double {
    let size = norm(state, at: state)
    let speed = norm(slope, at: state)
    guard speed > 1e-5 * size, size > 1e-5, speed.isFinite else { return 1e-6 * span }
    return min(0.01 * size / speed, span)
  }

  func firstStep(probe: Double, state: [Double], slope: [Double], probed: [Double], span: Double) -> Double {
    let speed = norm(slope, at: state)
    let change = norm(zip(probed, slope).map { $0 - $1 }, at: state) / probe
    guard change.isFinite else { return probe / 10 }
    let order = stepper.isMultistep ? 1 : stepper.order
    let steepest = max(speed, change)
    let step = steepest > 1e-15 ? pow(0.01 / steepest, 1 / Double(order + 1)) : 1e-3 * span
    return min(100 * probe, step, span)
  }
}
