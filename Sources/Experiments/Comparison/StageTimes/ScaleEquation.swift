import Foundation
import MarkovChains
import ODESolvers

/// The scale's own equation in a stage that trains nothing else, all shares on S* and one-hot heads:
///
/// a' = E_π Σ_z μ(z) ω_z(1−ω_z) Σ_e μ(e|z) (μ(e|z) − μ(e|¬z))/(y(e) + ε), ω_z = e^a μ(z)/(e^a μ(z) + 1 − μ(z)),
/// y(e) = ω_z μ(e|z) + (1 − ω_z) μ(e|¬z), z the tokens at the lags of S*.
struct ScaleEquation {
  private struct Context {
    let weight: Double
    /// μ(e|z) and μ(e|¬z).
    let same, other: [Double]
  }

  private let contexts: [Context]
  private let kernels: Double
  private let epsilon: Double

  init(laws: WindowLaws, set: LagSet, epsilon: Double) {
    self.epsilon = epsilon
    kernels = Double(laws.kernels.count)
    let (d, windows) = (laws.tokens, laws.windows)
    let places = set.members.map { lag in (1..<lag).reduce(1) { power, _ in power * d } }
    let count = set.members.reduce(1) { size, _ in size * d }
    contexts = laws.kernels.indices.flatMap { kernel -> [Context] in
      var joint = [[Double]](repeating: [Double](repeating: 0, count: d), count: count)
      for window in 0..<windows {
        let context = places.reversed().reduce(0) { $0 * d + window / $1 % d }
        for token in 0..<d { joint[context][token] += laws.joint[(kernel * d + token) * windows + window] }
      }
      let tokenLaw = laws.tokenLaw[kernel * d..<(kernel + 1) * d]
      return joint.compactMap { row in
        let weight = row.reduce(0, +)
        guard weight > 0, weight < 1 else { return nil }
        return Context(
          weight: weight, same: row.map { $0 / weight },
          other: zip(tokenLaw, row).map { ($0 - $1) / (1 - weight) })
      }
    }
  }

  /// a'.
  func rate(_ scale: Double) -> Double {
    let boost = exp(scale)
    return contexts.reduce(0) { sum, context in
      let share = boost * context.weight / (boost * context.weight + 1 - context.weight)
      let inner = zip(context.same, context.other).reduce(0) { sum, pair in
        guard pair.0 > 0 else { return sum }
        let prediction = share * pair.0 + (1 - share) * pair.1
        return sum + pair.0 * (pair.0 - pair.1) / (prediction + epsilon)
      }
      return sum + context.weight * share * (1 - share) * inner
    } / kernels
  }

  /// - Throws: `ProblemError` or `IntegrationFailure`.
  func scale(from start: Double, after time: Double) throws -> Double {
    let system = ODESystem(dimension: 1, names: ["a"]) { _, state, derivative in
      derivative[0] = rate(state[0])
    }
    let integration = try Integration(
      system, from: 0, state: [start], to: time,
      solver: Solver(stepper: .rk8pd, tolerance: Tolerance(relative: 1e-10, absolute: 1e-12)), outputs: .none)
    return try integration.run(Observers()).state[0]
  }
}
