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

  /// What is read of a reference case: parents {1, 2}, three tokens.
  private struct Case: Decodable {
    struct Source: Decodable { let kernels: [[[Double]]] }
    struct Point: Decodable {
      let attention: [[Double]]
      let coefficients: [String: Double]
      let scale: Double

      var flat: [Double] {
        let keys = ["[]", "[1]", "[2]", "[3]", "[1 2]", "[1 3]", "[2 3]"]
        return attention.flatMap { $0 } + keys.compactMap { coefficients[$0] } + [scale]
      }
    }
    struct Level: Decodable { let gradient: Point }
    let source: Source
    let parameters: Point
    let infiniteContext: Level

    enum CodingKeys: String, CodingKey {
      case source, parameters
      case infiniteContext = "infinite_context"
    }
  }

  /// The reference case beside the tests, wherever in the repository this file is compiled from.
  private static func read() throws -> Case {
    var folder = URL(fileURLWithPath: #filePath)
    let name = "Tests/TheoryTests/ReferenceCases/two-parents.json"
    while folder.pathComponents.count > 1 {
      folder.deleteLastPathComponent()
      let file = folder.appendingPathComponent(name)
      if FileManager.default.fileExists(atPath: file.path) {
        return try JSONDecoder().decode(Case.self, from: Data(contentsOf: file))
      }
    }
    throw CocoaError(.fileNoSuchFile)
  }

  init() throws { joint = try Self.read().source.kernels.map(Self.jointLaw) }

  /// A point and the gradient of the loss there, from the reference case.
  static func referenceGradient() throws -> (point: [Double], gradient: [Double]) {
    let reference = try read()
    return (reference.parameters.flat, reference.infiniteContext.gradient.flat)
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

  /// Pairs of lags (i, j) at which the windows of entry `key * 27 + query` hold the same token, `[entry][..]`.
  private static let matches: [[(Int, Int)]] = (0..<windows * windows).map { entry in
    let digits = { (window: Int) in [window % 3, window / 3 % 3, window / 9] }
    let (key, query) = (digits(entry / windows), digits(entry % windows))
    return (0..<9).map { ($0 / 3, $0 % 3) }.filter { key[$0] == query[$1] }
  }

  private func negativeGradient(_ state: [Double], _ derivative: inout [Double]) {
    let n = Self.windows
    let entries = n * n
    let sigma = (0..<3).map { head -> [Double] in
      let row = (0..<3).map { exp(state[3 * head + $0]) }
      return row.map { $0 / row.reduce(0, +) }
    }
    let c = Array(state[9..<16])
    let total = c.reduce(0) { $0 + $1 * $1 }
    let share = c.map { $0 * $0 / total }
    let scale = state[16]

    // ⟨v^h(Z), v^h(z)⟩, the similarity, and its exponential.
    let overlap = sigma.map { sigma in
      Self.matches.map { pairs in pairs.reduce(0) { $0 + sigma[$1.0] * sigma[$1.1] } }
    }
    let products = Self.sets.map { set in
      (0..<entries).map { entry in set.reduce(1.0) { $0 * overlap[$1][entry] } }
    }
    var q = [Double](repeating: 0, count: entries)
    for (share, product) in zip(share, products) {
      for entry in 0..<entries { q[entry] += share * product[entry] }
    }
    let weight = q.map { exp(scale * $0) }

    // ∂L/∂q.
    var gradient = [Double](repeating: 0, count: entries)
    for law in joint {
      for query in 0..<n {
        var counts = (0.0, 0.0, 0.0)
        for key in 0..<n {
          let weight = weight[key * n + query]
          counts.0 += law[key] * weight
          counts.1 += law[n + key] * weight
          counts.2 += law[2 * n + key] * weight
        }
        let marginal = law[query] + law[n + query] + law[2 * n + query]
        let mean = marginal / (counts.0 + counts.1 + counts.2)
        let pull = (
          mean - law[query] / counts.0, mean - law[n + query] / counts.1, mean - law[2 * n + query] / counts.2
        )
        for key in 0..<n {
          gradient[key * n + query] += law[key] * pull.0 + law[n + key] * pull.1 + law[2 * n + key] * pull.2
        }
      }
    }
    for entry in 0..<entries { gradient[entry] *= weight[entry] / Double(joint.count) }

    let dShare = products.map { product in
      scale * (0..<entries).reduce(0) { $0 + gradient[$1] * product[$1] }
    }
    var dSigma = [[Double]](repeating: [0, 0, 0], count: 3)
    for (index, set) in Self.sets.enumerated() {
      for head in set {
        let other = set.first { $0 != head }
        for entry in 0..<entries {
          let pull = scale * gradient[entry] * share[index] * (other.map { overlap[$0][entry] } ?? 1)
          for (i, j) in Self.matches[entry] {
            dSigma[head][i] += pull * sigma[head][j]
            dSigma[head][j] += pull * sigma[head][i]
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
    derivative[16] = -(0..<entries).reduce(0) { $0 + gradient[$1] * q[$1] }
  }
}
