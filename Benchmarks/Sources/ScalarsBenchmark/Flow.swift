import SymbolicTensors

/// The reduced dynamics θ' = −∇L, L = −a Σ_S p_S I_S(σ), I_S = Σ_{ij} Π_{h∈S} σ^h_{i_h} σ^h_{j_h} G_S(i, j), with
/// tensors G from a seed: the same numbers as in the Python scripts beside the benchmark.
struct Flow {
  let system: ScalarSystem
  let start: [Double]

  init(window: Int, heads: Int, degree: Int, scale: Double) throws {
    var random = SplitMix(state: 1)
    let graph = ExpressionGraph()
    let sets = (0..<1 << heads).map { mask in (0..<heads).filter { mask >> $0 & 1 == 1 } }
      .filter { $0.count <= degree }
    let lag = graph.index("j", extent: window)
    let weights = (0..<heads).map { graph.symbol("w\($0 + 1)", shape: [window], role: .parameter) }
    let coefficients = sets.map { graph.symbol("c\($0)", role: .parameter) }
    let total = graph.sum(coefficients.map { graph($0).squared })
    var constants: [Symbol: [Double]] = [:]
    var gain = graph.constant(0)
    for (set, coefficient) in zip(sets, coefficients) where !set.isEmpty {
      let indices = (0..<2 * set.count).map { graph.index("i\($0)", extent: window) }
      let size = indices.reduce(1) { $0 * $1.extent }
      let tensor = graph.symbol("G\(set)", shape: indices.map(\.extent), role: .coefficient)
      constants[tensor] = (0..<size).map { _ in (0.4 * random.uniform() - 0.1) / Double(size) }
      let factors = indices.enumerated().map { position, index in
        graph(weights[set[position % set.count]], index).softmax(over: index)
      }
      let information = graph.product([graph(tensor, at: indices)] + factors).sum(over: indices)
      gain = gain + graph(coefficient).squared / total * information
    }
    let variables = weights.map { graph($0, lag) } + coefficients.map { graph($0) }
    let rates = (Number(scale) * gain).gradient(variables)
    system = try ScalarSystem(
      zip(rates, variables).map { ScalarEquation($0, over: $1.freeIndices) },
      inputs: weights.enumerated().map { head, symbol in
        ScalarInput(symbol, (0..<window).map { "w[\(head + 1) \($0 + 1)]" })
      }
        + zip(coefficients, sets).map { symbol, set in
          ScalarInput(symbol, ["c[\(set.map { "\($0 + 1)" }.joined(separator: " "))]"])
        }, constants: constants)
    start = (0..<heads).flatMap { head in (0..<window).map { $0 == head ? 1.0 : 0 } } + sets.map { _ in 1.0 }
  }
}

struct SplitMix {
  var state: UInt64

  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }
}
