/// Notices, from evaluations that are made anyway, when stability rather than accuracy limits an explicit stepper.
///
/// Two stages at the same time estimate the largest eigenvalue, |λ| ≈ ‖f(u) − f(v)‖/‖u − v‖; when h|λ| stays
/// at the edge of the stability region for 15 steps, the problem is stiff for the stepper.
/// Source: Hairer, Wanner, *Solving Ordinary Differential Equations II*, IV.2. Adams' functional iteration diverges
/// there and shows it by one rejected attempt after another, which a smooth problem does not see.
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
    note(isLimited: step * (slopes / states).squareRoot() > bound)
  }

  /// For Adams: whether the step was accepted at the first attempt.
  mutating func observe(attempts: Int) { note(isLimited: attempts > 1) }

  private mutating func note(isLimited: Bool) {
    if isLimited {
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
    case .rk4: 4.2
    case .rkf45: 3.3
    case .rkck: 3.3
    case .rk8pd: 4.5
    case .rk1imp, .rk2imp, .rk4imp, .bsimp, .msadams, .msbdf: nil
    }
  }
}
