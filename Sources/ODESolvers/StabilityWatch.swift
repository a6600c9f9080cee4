/// Notices, from evaluations that are made anyway, when stability rather than accuracy limits a stepper.
///
/// Two stages of an explicit Runge–Kutta step at the same time estimate the largest eigenvalue,
/// |λ| ≈ ‖f(u) − f(v)‖/‖u − v‖; when h|λ| stays at the edge of the stability region for 15 steps, the problem is stiff
/// for the stepper. Adams has no such pair: `StiffnessWatch` looks at its states.
/// Source: Hairer, Wanner, *Solving Ordinary Differential Equations II*, IV.2.
struct StabilityWatch: Codable, Hashable, Sendable {
  private var suspicious = 0
  private var calm = 0
  private var stiffness = StiffnessWatch()
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

  /// For Adams; see `StiffnessWatch.observe`.
  mutating func observe(_ node: Node, cost: Double, priceOfStep: Double, scale: StepControl) {
    stiffness.observe(node, cost: cost, priceOfStep: priceOfStep, scale: scale)
    guard stiffness.costOfUnit != nil else { return }
    note(isLimited: stiffness.isOutpaced)
  }

  /// What the clock's unit costs Adams; nil before that is known.
  var costOfUnit: Double? { stiffness.costOfUnit }

  /// The method starts at order one: its states lie closer than they soon will.
  mutating func startAfresh() { stiffness = StiffnessWatch() }

  /// What comes is another smooth piece, or another method's.
  mutating func forget() {
    startAfresh()
    (suspicious, calm) = (0, 0)
  }

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
