import Foundation

/// Notices, from states that are accepted anyway, that backward differentiation would cover much more for the same cost
/// than the method at work, which stability then limits.
///
/// States are kept at intervals that cost about as much as two steps of backward differentiation. The last seven give the
/// derivatives of what the solution does beyond its own errors, y^(k+1) = (k+1)! [t₀, .., t_k+1] y, hence the step
/// that backward differentiation of order k would take, whose error is h^(k+1) y^(k+1) / (k+1). Where the method at work
/// follows accuracy, its steps are longer than those.
///
/// Source: Petzold, *Automatic selection of methods for solving stiff and nonstiff systems of ordinary differential
/// equations*, SIAM J. Sci. Stat. Comput. 4 (1983), compares the same two steps, but takes the derivatives from single
/// steps, where the errors of states that rattle at the edge of stability hide them.
struct StiffnessWatch: Codable, Hashable, Sendable {
  private struct Sample: Codable, Hashable, Sendable {
    let reading: Double
    let cost: Double
    let state: [Double]
  }

  /// Latest first.
  private var samples: [Sample] = []
  /// How often in a row backward differentiation has promised to cost less than a third.
  private var verdicts = 0
  /// Whether it has done so long enough to be believed.
  var isOutpaced: Bool { verdicts >= 3 }
  /// What the clock's unit costs with the method at work, over the samples; nil before there are enough.
  private(set) var costOfUnit: Double?

  private static let highestOrder = 5

  /// - Parameters:
  ///   - cost: of the run so far, in right-hand sides.
  ///   - priceOfStep: of a step of backward differentiation.
  ///   - scale: its error per step.
  mutating func observe(_ node: Node, cost: Double, priceOfStep: Double, scale: StepControl) {
    if let latest = samples.first, cost - latest.cost < min(max(8, 2 * priceOfStep), 100) { return }
    samples.insert(Sample(reading: node.reading, cost: cost, state: node.state), at: 0)
    guard samples.count >= Self.highestOrder + 2 else { return }
    samples.removeLast(samples.count - Self.highestOrder - 2)
    let oldest = samples[samples.count - 1]
    let costOfUnit = (cost - oldest.cost) / (node.reading - oldest.reading)
    self.costOfUnit = costOfUnit
    verdicts = costOfUnit * longestStep(scale) > 3 * priceOfStep ? verdicts + 1 : 0
  }

  /// The longest step that backward differentiation of any order would take.
  private func longestStep(_ scale: StepControl) -> Double {
    var differences = samples.map(\.state)
    var (longest, factorial) = (0.0, 1.0)
    for level in 1..<samples.count {
      for index in 0..<samples.count - level {
        let span = samples[index].reading - samples[index + level].reading
        for component in differences[index].indices {
          differences[index][component] =
            (differences[index][component] - differences[index + 1][component]) / span
        }
      }
      let order = level - 1
      guard order > 0 else { continue }
      factorial *= Double(order)
      let step = (samples[0].reading - samples[level].reading) / Double(level)
      let size = scale.norm(differences[0], at: samples[0].state)
      let error = max(factorial * pow(step, Double(level)) * size, 1e-30)
      longest = max(longest, scale.stepper.control.safety * step * pow(error, -1 / Double(level)))
    }
    return longest
  }
}
