/// Notices, from evaluations that are made anyway, when stability rather than accuracy limits an explicit stepper.
///
/// Two stages at the same time estimate the largest eigenvalue, |λ| ≈ ‖f(u) − f(v)‖/‖u − v‖; when h|λ| stays
/// at the edge of the stability region for 15 steps, the problem is stiff for the stepper.
/// Source: Hairer, Wanner, *Solving Ordinary Differential Equations II*, IV.2.
struct StabilityWatch: Codable, Hashable, Sendable {
  private var suspicious = 0
  private var calm = 0
  /// How many steps counted as limited by stability.
  private(set) var limitedSteps = 0

  var isLimited: Bool { suspicious >= 15 }
  private(set) var wasLimited = false

  mutating func observe(_ rightHandSide: RightHandSide, step: Double, bound: Double) {
    let last = rightHandSide.last
    let (second, third) = rightHandSide.earlier
    let tolerance = 1e-10 * step
    let twin = abs(second.reading - last.reading) <= tolerance ? second : third
    guard abs(twin.reading - last.reading) <= tolerance else { return }
    var slopes = 0.0
    var states = 0.0
    for index in last.state.indices {
      let slope = last.slope[index] - twin.slope[index]
      let state = last.state[index] - twin.state[index]
      slopes += slope * slope
      states += state * state
    }
    guard states > 0 else { return }
    if step * (slopes / states).squareRoot() > bound {
      suspicious += 1
      limitedSteps += 1
      calm = 0
      if suspicious >= 15 { wasLimited = true }
    } else {
      calm += 1
      if calm >= 6 { suspicious = 0 }
    }
  }
}

extension Stepper {
  /// Where on the negative real axis, in units of 1/|λ|, an explicit stepper's steps count as limited by stability:
  /// 0.9 of the interval in which its stability function stays below 1.
  var stabilityBound: Double? {
    switch self {
    case .rk2: 2.2
    case .rk4: 5.0
    case .rkf45: 3.3
    case .rkck: 3.3
    case .rk8pd: 4.5
    case .msadams: 0.5
    case .rk1imp, .rk2imp, .rk4imp, .bsimp, .msbdf: nil
    }
  }
}
