import Foundation
import ODESolvers

/// θ' = −∇L for the infinite-context loss of a small source, d = 3, three shared lags, three heads, degree 2, written
/// out in plain loops: a realistic problem for the steppers that shares nothing with the derived flow.
///
/// Parameters: w[h][j] (9), c by set ∅, 1, 2, 3, 12, 13, 23 (7), a.
struct ContextFlow {
  static let dimension = 17
  static let start: [Double] =
    [1, 0, 0, 0, 1, 0, 0, 0, 1] + [Double](repeating: 1, count: 7) + [0.01]

  private static let sets: [[Int]] = [[], [0], [1], [2], [0, 1], [0, 2], [1, 2]]
  private static let windows = 27
  /// μ(e, Z) by kernel, `[e][Z]`.
  private let joint: [[Double]]

  /// Reads a reference case's kernels: parents {1, 2}, three tokens.
  init() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("TheoryTests/ReferenceCases/two-parents.json")
    struct Case: Decodable {
      struct Source: Decodable { let kernels: [[[Double]]] }
      let source: Source
    }
    joint = try JSONDecoder().decode(Case.self, from: Data(contentsOf: file)).source.kernels.map(
      Self.jointLaw)
  }

  /// The joint law of next token and window (index Σ_j x_{t−j} 3^{j−1}) of the stationary chain.
  private static func jointLaw(_ kernel: [[Double]]) -> [Double] {
    var law = [Double](repeating: 1 / 27, count: windows)
    for _ in 0..<20_000 {
      var next = [Double](repeating: 0, count: windows)
      for window in 0..<windows {
        for token in 0..<3 { next[token + 3 * (window % 9)] += law[window] * kernel[window % 9][token] }
      }
      law = next
    }
    return (0..<3).flatMap { token in (0..<windows).map { law[$0] * kernel[$0 % 9][token] } }
  }

  var system: ODESystem {
    ODESystem(dimension: Self.dimension) { [self] _, state, derivative in negativeGradient(state, &derivative)
    }
  }

  private func negativeGradient(_ state: [Double], _ derivative: inout [Double]) {
    let n = Self.windows
    let sigma = (0..<3).map { head -> [Double] in
      let row = (0..<3).map { exp(state[3 * head + $0]) }
      return row.map { $0 / row.reduce(0, +) }
    }
    let c = Array(state[9..<16])
    let total = c.reduce(0) { $0 + $1 * $1 }
    let share = c.map { $0 * $0 / total }
    let scale = state[16]
    let digit = (0..<n).map { [$0 % 3, $0 / 3 % 3, $0 / 9] }

    // ⟨v^h(Z), v^h(z)⟩, the similarity, and its exponential.
    var overlap = [[Double]](repeating: [Double](repeating: 0, count: n * n), count: 3)
    var q = [Double](repeating: 0, count: n * n)
    for key in 0..<n {
      for query in 0..<n {
        let at = key * n + query
        for head in 0..<3 {
          for i in 0..<3 {
            for j in 0..<3 where digit[key][i] == digit[query][j] {
              overlap[head][at] += sigma[head][i] * sigma[head][j]
            }
          }
        }
        for (index, set) in Self.sets.enumerated() {
          q[at] += set.reduce(share[index]) { $0 * overlap[$1][at] }
        }
      }
    }
    let weight = q.map { exp(scale * $0) }

    // ∂L/∂q.
    var gradient = [Double](repeating: 0, count: n * n)
    for law in joint {
      for query in 0..<n {
        var counts = [0.0, 0.0, 0.0]
        for token in 0..<3 {
          for key in 0..<n { counts[token] += law[token * n + key] * weight[key * n + query] }
        }
        let all = counts.reduce(0, +)
        let marginal = law[query] + law[n + query] + law[2 * n + query]
        for key in 0..<n {
          var value = 0.0
          for token in 0..<3 {
            let mass = law[token * n + key]
            value += mass * (marginal / all - law[token * n + query] / counts[token])
          }
          gradient[key * n + query] += value * weight[key * n + query] / Double(joint.count)
        }
      }
    }

    var dScale = 0.0
    var dShare = [Double](repeating: 0, count: 7)
    var dSigma = [[Double]](repeating: [0, 0, 0], count: 3)
    for key in 0..<n {
      for query in 0..<n {
        let at = key * n + query
        dScale += gradient[at] * q[at]
        let g = gradient[at] * scale
        for (index, set) in Self.sets.enumerated() {
          dShare[index] += g * set.reduce(1) { $0 * overlap[$1][at] }
          for head in set {
            let others = set.reduce(g * share[index]) { $1 == head ? $0 : $0 * overlap[$1][at] }
            for i in 0..<3 {
              for j in 0..<3 where digit[key][i] == digit[query][j] {
                dSigma[head][i] += others * sigma[head][j]
                dSigma[head][j] += others * sigma[head][i]
              }
            }
          }
        }
      }
    }
    for head in 0..<3 {
      let mean = (0..<3).reduce(0) { $0 + sigma[head][$1] * dSigma[head][$1] }
      for j in 0..<3 { derivative[3 * head + j] = -sigma[head][j] * (dSigma[head][j] - mean) }
    }
    let mean = (0..<7).reduce(0) { $0 + share[$1] * dShare[$1] }
    for index in 0..<7 { derivative[9 + index] = -2 * c[index] / total * (dShare[index] - mean) }
    derivative[16] = -dScale
  }
}
