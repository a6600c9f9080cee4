/// Chooses between a method for non-stiff stretches and one for stiff ones, by what each covers for its cost in
/// right-hand sides, a Jacobian counted as what it costs.
///
/// - To the stiff one when `StiffnessWatch` has said for 15 steps that it would cost less than a third.
/// - Back when over fifty steps the other one would have cost less: a step of Adams is bounded by about 0.25/ρ, ρ the
///   spectral radius of the Jacobian at hand (LSODA's bound at order 6), and by accuracy to about twice that of backward
///   differentiation.
/// - Back as well when the first hundred steps turn out to cost more than before: backward differentiation is unstable
///   along oscillations.
///
/// A change that did not pay makes the next one of its kind twice as hard. Every change is a restart, so the whole of
/// this value stands in the checkpoint.
///
/// Source: Petzold (1983), as in `StiffnessWatch`.
struct MethodChooser: Codable, Hashable, Sendable {
  /// How far a run has come, on its clock, and what it has cost.
  struct Progress {
    let reading: Double
    let cost: Double
    let remaining: Double
  }

  private(set) var isStiff = false
  /// The stiff method cannot be had.
  private var isRenounced = false
  /// What the clock's unit cost before the last change.
  private var costBefore: Double?
  /// Where the stretch and the current count of steps began, on the clock and in cost.
  private var stretch = Mark()
  private var window = Mark()
  private var steps = 0
  /// Full windows since the last restart; the first is the start-up at low order.
  private var windows = 0
  private var windowsInFavour = 0
  /// How much cheaper the stiff and the non-stiff method must promise to be, beyond their usual margins.
  private var reluctance = Reluctance()

  private struct Mark: Codable, Hashable, Sendable {
    var reading = 0.0
    var cost = 0.0
  }

  private struct Reluctance: Codable, Hashable, Sendable {
    var stiff = 1.0
    var nonStiff = 1.0
  }

  private static let windowLength = 50

  /// The stiff method cannot be had: the other one goes on for good.
  mutating func renounce() {
    isStiff = false
    isRenounced = true
  }

  /// The method at work starts at its lowest order.
  mutating func startAfresh() {
    (steps, windows, windowsInFavour) = (0, 0, 0)
    // What Adams cost long ago says nothing of what it would cost now.
    if isStiff { costBefore = nil }
  }

  /// Told of every accepted step.
  mutating func observe(
    _ progress: Progress, _ stability: StabilityWatch, priceOfStep: Double, spectralRadius: () -> Double
  ) {
    if isStiff {
      observeStiff(progress, spectralRadius)
    } else if !isRenounced {
      observeNonStiff(progress, stability, priceOfStep)
    }
  }

  private mutating func observeNonStiff(
    _ progress: Progress, _ stability: StabilityWatch, _ priceOfStep: Double
  ) {
    guard stability.isLimited, let cost = stability.costOfUnit else { return }
    // The start-up at order one is worth some forty steps.
    guard cost * progress.remaining > 40 * priceOfStep * reluctance.stiff else { return }
    if let costBefore {
      let stretchCost = (progress.cost - stretch.cost) / (progress.reading - stretch.reading)
      reluctance.nonStiff = stretchCost < costBefore ? 1 : 2 * reluctance.nonStiff
    }
    change(progress, costBefore: cost)
  }

  private mutating func observeStiff(_ progress: Progress, _ spectralRadius: () -> Double) {
    if steps == 0 && windows == 0 { window = Mark(reading: progress.reading, cost: progress.cost) }
    steps += 1
    guard steps >= Self.windowLength else { return }
    let span = progress.reading - window.reading
    let cost = (progress.cost - window.cost) / span
    (steps, windows) = (0, windows + 1)
    window = Mark(reading: progress.reading, cost: progress.cost)
    guard windows > 1 else { return }
    if windows <= 3, let costBefore, cost > 1.2 * costBefore {
      reluctance.stiff *= 2
      return change(progress, costBefore: cost)
    }
    let step = min(0.25 / spectralRadius(), 2 * span / Double(Self.windowLength))
    windowsInFavour = 1.25 * reluctance.nonStiff * 1.1 / step < cost ? windowsInFavour + 1 : 0
    if windowsInFavour >= 2 { change(progress, costBefore: cost) }
  }

  private mutating func change(_ progress: Progress, costBefore: Double) {
    isStiff.toggle()
    self.costBefore = costBefore
    stretch = Mark(reading: progress.reading, cost: progress.cost)
    (steps, windows, windowsInFavour) = (0, 0, 0)
  }
}
