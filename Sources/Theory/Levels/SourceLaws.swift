import InductionModel
import MarkovChains
import SymbolicTensors

/// The stationary laws of a source as tensors of known numbers, and what predictions cost under them.
struct SourceLaws {
  let graph: ExpressionGraph
  /// μ(e, Z), μ(Z) and μ(e), by kernel.
  let joint, stationary, tokenLaw: Symbol
  /// 1 for tokens that never occur, where a logarithm has to be guarded from them: y = μ(e) = 0 beside μ(e, z) = 0.
  private let absent: Symbol?
  /// None where only sizes are known.
  let numbers: [Symbol: [Double]]

  init(_ model: ModelExpressions, kernels: Int, windows: Int, laws: WindowLaws?) {
    let tokens = model.model.tokens
    graph = model.graph
    joint = graph.symbol("mu", shape: [kernels, tokens, windows], role: .coefficient, latex: "\\mu")
    stationary = graph.symbol("muZ", shape: [kernels, windows], role: .coefficient, latex: "\\mu")
    tokenLaw = graph.symbol("mue", shape: [kernels, tokens], role: .coefficient, latex: "\\mu")
    graph.declare(sumOf: joint, overAxis: 2, is: .symbol(tokenLaw))
    graph.declare(sumOf: joint, overAxis: 1, is: .symbol(stationary))
    graph.declare(sumOf: stationary, overAxis: 1, is: .one)
    graph.declare(sumOf: tokenLaw, overAxis: 1, is: .one)
    guard let laws else {
      (absent, numbers) = (nil, [:])
      return
    }
    var numbers = [joint: laws.joint, stationary: laws.stationary, tokenLaw: laws.tokenLaw]
    if model.loss.criterion == .crossEntropy, laws.tokenLaw.contains(0) {
      let symbol = graph.symbol("absent", shape: [kernels, tokens], role: .coefficient, latex: "\\chi")
      numbers[symbol] = laws.tokenLaw.map { $0 == 0 ? 1 : 0 }
      absent = symbol
    } else {
      absent = nil
    }
    self.numbers = numbers
  }

  /// Means over keys.
  func keys(_ kernel: Index, _ next: Index, over key: Index) -> KeyAverages {
    let (joint, stationary) = (graph(joint, kernel, next, key), graph(stationary, kernel, key))
    return KeyAverages(
      tokens: graph(tokenLaw, kernel, next),
      mean: { (stationary * $0).sum(over: key) },
      weighted: { (joint * $0).sum(over: key) },
      exponential: { $0.exponential },
      // Σ_Z μ(Z) E is Σ_e of the numerator: one matrix product instead of two.
      normalized: { $0 / $0.sum(over: next) })
  }

  /// The mean cost of predictions on (π, e, z).
  func loss(
    of prediction: Expression, _ model: ModelExpressions, _ kernel: Index, _ next: Index, _ query: Index
  ) -> Expression {
    let cost = model.cost(
      of: prediction, target: graph(joint, kernel, next, query), total: graph(stationary, kernel, query),
      over: next, guarding: absent.map { graph($0, kernel, next) })
    return Number(1, over: kernel.extent) * cost.sum(over: kernel, query)
  }
}
