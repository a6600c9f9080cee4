import InductionModel
import MarkovChains
import SymbolicTensors

/// The scale's own equation: all shares on one set, every head of it on its own lag.
///
/// Keys and queries then matter by their tokens at the lags of the set only, and q(Z, z) is 1 where they agree and 0
/// elsewhere, so that exp(a q) = 1 + (e^a − 1) δ_{Zz}.
struct ScaleStage {
  private let definition: ModelDefinition
  private let loss: Loss
  private let kernels: Int

  init(_ definition: ModelDefinition, _ loss: Loss, _ laws: WindowLaws) {
    self.definition = definition
    self.loss = loss
    kernels = laws.kernels.count
  }

  func write(_ selected: HeadSet, to document: inout DerivationDocument) {
    let graph = ExpressionGraph()
    let contexts = selected.members.reduce(1) { size, _ in size * definition.tokens }
    let kernel = graph.index("k", extent: kernels, latex: "\\pi")
    let next = graph.index("e", extent: definition.tokens)
    let key = graph.index("Z", extent: contexts)
    let query = graph.index("z", extent: contexts)
    let joint = graph.symbol("mu", shape: [kernels, definition.tokens, contexts], role: .coefficient)
    let stationary = graph.symbol("muZ", shape: [kernels, contexts], role: .coefficient)
    let tokenLaw = graph.symbol("mue", shape: [kernels, definition.tokens], role: .coefficient)
    graph.declare(sumOf: joint, overAxis: 2, is: .symbol(tokenLaw))
    graph.declare(sumOf: joint, overAxis: 1, is: .symbol(stationary))
    graph.declare(sumOf: stationary, overAxis: 1, is: .one)
    graph.declare(sumOf: tokenLaw, overAxis: 1, is: .one)
    let model = ModelExpressions(graph, model: definition, loss: loss)
    let scale = model.scale

    let boost = scale.exponential - 1
    let weighted = graph(joint, kernel, next, key)
    let mass = weighted.sum(over: key) + boost * (weighted * graph.kronecker(key, query)).sum(over: key)
    let total = mass.sum(over: next)
    let prediction = mass / total
    let cost = model.cost(
      of: prediction, target: graph(joint, kernel, next, query), total: graph(stationary, kernel, query),
      over: next)
    let objective = Number(1, over: kernels) * cost.sum(over: kernel, query)
    let rate = -objective.gradient([scale])[0]

    var names = ModelNotation(model).notation
    names.write(joint, as: "\\mu_{#1}(#2,#3)")
    names.write(stationary, as: "\\mu_{#1}(#2)")
    names.write(tokenLaw, as: "\\mu_{#1}(#2)")
    names.name(mass, "m_{#1}(#2,#3)", [kernel, next, query])
    names.name(total, "M_{#1}(#2)", [kernel, query])
    names.name(prediction, "y_{#1}(#2\\mid #3)", [kernel, next, query])
    document.add(.heading("Stage III: the scale trains"))
    document.add(
      .text(
        "With all shares on $S^\\ast=\(selected.latex)$ and each of its heads on its own lag, windows "
          + "matter by their tokens at these lags only: $Z$ and $z$ are now these tokens, and "
          + "$\\exp(aq(Z,z))=1+(e^a-1)\\delta_{Zz}$. What is left is one explicit equation for $a$."))
    var printer = LatexPrinter(graph, names)
    document.add(.equations(printer.equations([("L", objective), ("\\dot a", rate)])))
    guard loss.criterion == .crossEntropy else { return }

    // The same with ω = e^a μ(z)/(e^a μ(z) + 1 − μ(z)), the weight of the keys that agree with the query.
    let law = graph(stationary, kernel, query)
    let entry = graph(joint, kernel, next, query)
    let share = scale.exponential * law / (scale.exponential * law + 1 - law)
    let matching = entry / law
    let other = (graph(tokenLaw, kernel, next) - entry) / (graph.constant(1) - law)
    let slope = (entry * (matching - other) / (prediction + Number(loss.epsilon))).sum(over: next)
    let closed =
      Number(1, over: kernels)
      * (share * (graph.constant(1) - share) * slope).sum(over: kernel, query)
    guard isClosedForm(rate - closed, graph, joint, stationary, tokenLaw) else { return }
    // Written with symbols of their own: products of the full expressions would cancel M.
    func symbol(_ name: String, _ indices: [Index], _ template: String) -> Expression {
      let symbol = graph.symbol(name, shape: indices.map(\.extent), role: .variable)
      names.write(symbol, as: template)
      return graph(symbol, at: indices)
    }
    let weight = symbol("omega", [kernel, query], "\\omega_{#1}(#2)")
    let output = symbol("y", [kernel, next, query], "y_{#1}(#2\\mid #3)")
    let same = symbol("same", [kernel, next, query], "\\mu_{#1}(#2\\mid #3)")
    let rest = symbol("rest", [kernel, next, query], "\\mu_{#1}(#2\\mid\\neg #3)")
    let inner = (same * (same - rest) / (output + Number(loss.epsilon))).sum(over: next)
    let written =
      Number(1, over: kernels)
      * (law * weight * (graph.constant(1) - weight) * inner).sum(over: kernel, query)
    document.add(
      .text(
        "In terms of $\\omega$, the weight of the keys that agree with the query, this is (checked at random laws, to "
          + "rounding):"))
    printer = LatexPrinter(graph, names)
    document.add(
      .equations(
        printer.equations([
          ("\\omega_{\\pi}(z)", share), ("\\mu_{\\pi}(e\\mid z)", matching),
          ("\\mu_{\\pi}(e\\mid\\neg z)", other), ("\\dot a", written),
        ])))
  }

  /// Random laws have their marginals, so they are drawn here and not symbol by symbol.
  private func isClosedForm(
    _ difference: Expression, _ graph: ExpressionGraph, _ joint: Symbol, _ stationary: Symbol,
    _ tokenLaw: Symbol
  ) -> Bool {
    let shape = graph.shape(of: joint)
    let (kernels, tokens, contexts) = (shape[0], shape[1], shape[2])
    var laws: [Double] = []
    for kernel in 0..<kernels {
      let row = (0..<tokens * contexts).map { 1 + Double(($0 * 37 + kernel * 101 + $0 * $0 * 13) % 89) }
      let total = row.reduce(0, +)
      laws += row.map { $0 / total }
    }
    var windows = [Double](repeating: 0, count: kernels * contexts)
    var nexts = [Double](repeating: 0, count: kernels * tokens)
    for kernel in 0..<kernels {
      for token in 0..<tokens {
        for context in 0..<contexts {
          let value = laws[(kernel * tokens + token) * contexts + context]
          windows[kernel * contexts + context] += value
          nexts[kernel * tokens + token] += value
        }
      }
    }
    return [0.3, 1.7, -0.4].allSatisfy { scale in
      var values = [joint: laws, stationary: windows, tokenLaw: nexts]
      for symbol in graph.symbols(of: [difference]) where values[symbol] == nil { values[symbol] = [scale] }
      return abs(DirectEvaluator(graph, values: values).evaluate([difference])[0][0]) < 1e-12
    }
  }
}
