import Foundation
import InductionModel
import MarkovChains
import SymbolicTensors
import TestSupport
import Testing
import Theory

/// A variant that the program does not know, supplied from outside: everything is derived from it all the same. The
/// example of docs/variants.md.
@Suite struct DefinitionPartsTests {
  /// p_S = c_S⁴/Σ c⁴, and inner products that are squared before they are multiplied.
  private static var parts: DefinitionParts {
    var parts = DefinitionParts(.paper)
    parts.share = { $0.power(4) }
    parts.match = { $0.squared }
    return parts
  }

  private let model: ModelDefinition
  private let laws: WindowLaws
  private let point: Parameters

  init() throws {
    var random = RandomModels(seed: 5001)
    model = try ModelDefinition(tokens: 2, window: 2, heads: 2, degree: 2)
    laws = try WindowLaws(kernels: random.kernels(2, tokens: 2, parents: [1, 2]), window: 2)
    point = random.parameters(model)
  }

  /// Against the loss written out in loops.
  @Test func lossIsThatOfTheDefinition() throws {
    let level = try InfiniteContextLoss(model: model, loss: Loss(), laws: laws, parts: Self.parts)
    let (loss, gradient) = try level.evaluate(point)
    let flat = point.flat.map { Extended($0) }
    #expect(abs(loss - Double(value(flat))) < 1e-14)
    for (component, slope) in gradient.flat.enumerated() {
      var (above, below) = (flat, flat)
      let step: Extended = Extended.self == Double.self ? 1e-5 : 1e-6
      above[component] += step
      below[component] -= step
      let difference = Double((value(above) - value(below)) / (2 * step))
      #expect(abs(slope - difference) < (Extended.self == Double.self ? 1e-8 : 1e-11))
    }
  }

  /// Both levels agree to O(a²) at small scale, and Σ c² is found to be conserved: the shares are of degree 0.
  @Test func expansionAndSymmetriesFollow() throws {
    let exact = try InfiniteContextLoss(model: model, loss: Loss(), laws: laws, parts: Self.parts)
    let expanded = try LeadingOrderLoss(model: model, loss: Loss(), laws: laws, parts: Self.parts)
    var point = point
    let errors = try [0.02, 0.01].map { scale in
      point.scale = scale
      return abs(try exact.value(point.flat) - expanded.value(point.flat))
    }
    #expect(abs(errors[0] / errors[1] - 4) < 0.4, "\(errors)")
    #expect(
      exact.conservedSums.contains { $0.name == "sum c^2" },
      "\(exact.conservedSums)")
    let text = try expanded.derivation(DerivationRequest(start: point, title: "quartic")).document.markdown
    #expect(text.contains("c_{\\lbrace 1\\rbrace}^{4}"))
  }

  /// L_∞ by its definition, in loops over kernels, windows and tokens.
  private func value(_ flat: [Extended]) -> Extended {
    let heads = [Array(flat[0..<2]), Array(flat[2..<4])]
    let sigma = heads.map { logits -> [Extended] in
      let weights = logits.map { exp($0) }
      return weights.map { $0 / (weights[0] + weights[1]) }
    }
    let shares = flat[4..<8].map { $0 * $0 * $0 * $0 }
    let total = shares.reduce(0, +)
    // Window index x_{t−1} + 2 x_{t−2}.
    func inner(_ head: Int, _ key: Int, _ query: Int) -> Extended {
      let lags = [1, 2]
      return (0..<2).reduce(0) { sum, token in
        func output(_ window: Int) -> Extended {
          zip(sigma[head], lags).reduce(0) { $0 + (window / $1.1 % 2 == token ? $1.0 : 0) }
        }
        return sum + output(key) * output(query)
      }
    }
    func similarity(_ key: Int, _ query: Int) -> Extended {
      let m = (0..<2).map { inner($0, key, query) * inner($0, key, query) }
      return (shares[0] + shares[1] * m[0] + shares[2] * m[1] + shares[3] * m[0] * m[1]) / total
    }
    var loss: Extended = 0
    for kernel in 0..<2 {
      for query in 0..<4 {
        let weights = (0..<4).map { exp(flat[8] * similarity($0, query)) }
        func joint(_ token: Int, _ window: Int) -> Extended {
          Extended(laws.joint[(kernel * 2 + token) * 4 + window])
        }
        let mass = (0..<2).map { token in (0..<4).reduce(0) { $0 + joint(token, $1) * weights[$1] } }
        for token in 0..<2 { loss -= joint(token, query) * log(mass[token] / (mass[0] + mass[1])) }
      }
    }
    return loss / 2
  }
}
