import Foundation

/// When a run measures, or saves a checkpoint: always at its start and its end, and in between as the grid says.
public enum StepGrid: Hashable, Sendable {
  public enum Spacing: Sendable {
    case linear
    /// Equal steps of log(1 + step).
    case logarithmic
  }

  case points(Int, Spacing)
  /// Ascending times of the flow.
  case times([Double])
  case everyStep

  /// The steps in 0...last at which `points` are due, each once; nil where the grid does not count steps.
  public func steps(until last: Int) -> [Int]? {
    guard case .points(let count, let spacing) = self else { return nil }
    let end = Double(last)
    var steps: [Int] = []
    for index in 0..<max(2, count) {
      let fraction = Double(index) / Double(max(1, count - 1))
      let place = spacing == .linear ? fraction * end : expm1(fraction * log1p(end))
      let step = Int(exactly: place.rounded()).map { min(last, $0) } ?? last
      if step > steps.last ?? -1 { steps.append(step) }
    }
    if steps.last != last { steps.append(last) }
    return steps
  }
}

/// A grid as a run walks over it. What is due depends on the step and its times alone, so that a resumed run goes on
/// where the first one was.
struct GridWalk {
  private let steps: Set<Int>?
  private let times: [Double]

  init(_ grid: StepGrid, until last: Int) {
    switch grid {
    case .points:
      steps = Set(grid.steps(until: last) ?? [])
      times = []
    case .times(let list):
      steps = []
      times = list
    case .everyStep:
      steps = nil
      times = []
    }
  }

  /// After `step` steps, the last of which led from one time to another.
  func isDue(step: Int, from previous: Double, to time: Double) -> Bool {
    guard let steps else { return true }
    return step == 0 || steps.contains(step) || crosses(from: previous, to: time)
  }

  /// A time counts as reached where only the rounding of the sum of the steps keeps the run short of it.
  private func crosses(from previous: Double, to time: Double) -> Bool {
    let slack = 1 + 1e-10
    return times.contains { previous * slack < $0 && $0 <= time * slack }
  }
}
