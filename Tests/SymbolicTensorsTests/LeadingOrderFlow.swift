import Foundation
import SymbolicTensors
import TestSupport

/// The reduced dynamics of theory to first order in a, θ' = −∇L with L = −a Σ_S p_S I_S(σ) and
/// I_S = Σ_{ij} Π_{h∈S} σ^h_{i_h} σ^h_{j_h} G_S(i, j), with random tensors G; and beside it the same in plain loops.
struct LeadingOrderFlow {
  let window: Int
  let sets: [[Int]]
  let heads: Int
  let scale: Double
  let system: ScalarSystem
  /// G_S, row-major over i then j.
  let tensors: [[Double]]

  init(window: Int, heads: Int, degree: Int, scale: Double = 0.1, seed: UInt64 = 1) throws {
    var random = SeededGenerator(seed: seed)
    let graph = ExpressionGraph()
    let sets = (0..<1 << heads).map { mask in (0..<heads).filter { mask >> $0 & 1 == 1 } }
      .filter { $0.count <= degree }
    let lag = graph.index("j", extent: window)
    let weights = (0..<heads).map { graph.symbol("w\($0)", shape: [window], role: .parameter) }
    let coefficients = sets.map { graph.symbol("c\($0)", role: .parameter) }
    let total = graph.sum(coefficients.map { graph($0).squared })
    var constants: [Symbol: [Double]] = [:]
    var tensors: [[Double]] = []
    var gain = graph.constant(0)
    for (set, coefficient) in zip(sets, coefficients) {
      let axes = [String](repeating: "i", count: set.count) + [String](repeating: "j", count: set.count)
      let indices = axes.map { graph.index($0, extent: window) }
      let size = indices.reduce(1) { $0 * $1.extent }
      let tensor = graph.symbol("G\(set)", shape: indices.map(\.extent), role: .coefficient)
      let numbers = set.isEmpty ? [0] : (0..<size).map { _ in random.number(-0.1...0.3) / Double(size) }
      constants[tensor] = numbers
      tensors.append(numbers)
      let factors = indices.enumerated().map { position, index in
        graph(weights[set[position % set.count]], index).softmax(over: index)
      }
      let information = graph.product([graph(tensor, at: indices)] + factors).sum(over: indices)
      gain = gain + graph(coefficient).squared / total * information
    }
    let loss = Number(-scale) * gain
    let variables = weights.map { graph($0, lag) } + coefficients.map { graph($0) }
    let rates = loss.gradient(variables).map { -$0 }
    system = try ScalarSystem(
      zip(rates, variables).map { ScalarEquation($0, over: $1.freeIndices) },
      inputs: weights.enumerated().map { head, symbol in
        ScalarInput(symbol, (0..<window).map { "w[\(head + 1) \($0 + 1)]" })
      }
        + zip(coefficients, sets).map { symbol, set in
          ScalarInput(symbol, ["c[\(set.map { "\($0 + 1)" }.joined(separator: " "))]"])
        }, constants: constants)
    self.window = window
    self.heads = heads
    self.sets = sets
    self.scale = scale
    self.tensors = tensors
  }

  var start: [Double] {
    (0..<heads).flatMap { head in (0..<window).map { $0 == head ? 1.0 : 0 } } + sets.map { _ in 1.0 }
  }

  /// −L at a state.
  func gain(_ state: [Extended]) -> Extended {
    let sigma = (0..<heads).map { head -> [Extended] in
      let row = (0..<window).map { Extended.exp(state[head * window + $0]) }
      return row.map { $0 / row.reduce(0, +) }
    }
    let c = Array(state[(heads * window)...])
    let total = c.reduce(0) { $0 + $1 * $1 }
    var gain: Extended = 0
    for ((set, numbers), c) in zip(zip(sets, tensors), c) {
      for (entry, number) in numbers.enumerated() {
        var (rest, term) = (entry, Extended(number))
        for position in (0..<2 * set.count).reversed() {
          term *= sigma[set[position % set.count]][rest % window]
          rest /= window
        }
        gain += c * c / total * term
      }
    }
    return Extended(scale) * gain
  }
}
