import InductionModel
import SymbolicTensors

/// The reduced flow in (w, c, a) with I_S for what a set gains, and what is left of it while one group trains.
struct ReducedStages {
  private let graph = ExpressionGraph()
  private let model: ModelExpressions
  private let definition: ModelDefinition
  private let gains: [Symbol]
  private let offset: Symbol
  private let loss: Expression
  private let names: ModelNotation

  init(_ definition: ModelDefinition, parts: DefinitionParts?) {
    self.definition = definition
    let graph = self.graph
    let model = ModelExpressions(graph, model: definition, loss: Loss(), parts: parts)
    self.model = model
    let gains = definition.sets.map { set in
      graph.symbol("I\(set.label)", role: .variable, latex: "I_{\(set.latex)}")
    }
    self.gains = gains
    offset = graph.symbol("L0", role: .coefficient, latex: "L_{0}")
    let mean = graph.sum(zip(model.shares, gains).map { $0 * graph($1) })
    loss = graph(offset) - model.scale * mean
    var names = ModelNotation(model)
    names.notation.name(mean, "\\bar I")
    // The derivative by C, as reverse accumulation writes it.
    let scale = model.scale
    let total = graph.sum(model.coefficients.map { graph($0).squared })
    let slope = graph.sum(zip(model.shares, gains).map { $0 * graph($1) * scale * total.power(-1) })
    names.notation.name(slope, "\\frac{a}{C} \\bar I", definition: .known)
    self.names = names
  }

  private var coefficientRates: [Expression] {
    loss.gradient(model.coefficients.map { graph($0) }).map { -$0 }
  }

  /// c' and a', with the gains as they are at the moment.
  func writeFlow(to document: inout DerivationDocument) {
    document.add(.heading("Flow of the coefficients and the scale"))
    document.add(
      .text("$L=L_0-a\\sum_S p_S I_S$, and the flow is $\\dot\\theta=-\\partial L/\\partial\\theta$."))
    var printer = LatexPrinter(graph, names.notation)
    var sides = [(left: Derivation.velocity("a"), right: -loss.gradient([model.scale])[0])]
    sides += zip(definition.sets, coefficientRates).map { set, rate in
      (left: Derivation.velocity("c_{\(set.latex)}"), right: rate)
    }
    document.add(.equations(printer.equations(sides)))
    let total = graph.sum(model.coefficients.map { graph($0).squared })
    let sum = graph.sum(model.coefficients.map { graph($0) })
    for (text, quantity) in [("$C=\\sum_S c_S^2$", total), ("$\\sum_S c_S$", sum)]
    where vanishes(rate(of: quantity)) {
      document.add(
        .text(
          "Conserved: \(text). Its time derivative along the flow vanishes at random points to rounding."))
    }
  }

  /// The shares' own equation.
  func writeFirstStage(to document: inout DerivationDocument) {
    document.add(.heading("Stage I: the coefficients train"))
    let shares = model.shares
    let mean = graph.sum(zip(shares, gains).map { $0 * graph($1) })
    let total = graph.sum(model.coefficients.map { graph($0).squared })
    let replicator = zip(shares, gains).map { share, gain in
      4 * model.scale * total.power(-1) * share * (graph(gain) - mean)
    }
    let isReplicator = zip(shares, replicator).allSatisfy { vanishes(rate(of: $0) - $1) }
    guard isReplicator else { return }
    document.add(
      .text(
        "The shares follow from $c$ by the chain rule, $\\dot p_S=\\sum_T(\\partial p_S/\\partial c_T)\\dot c_T$. "
          + "At random points this equals, to rounding and for every set, the replicator equation with $C$ constant:"
      ))
    document.add(
      .equations([
        LatexEquation(
          left: "\\dot p_S", right: ["\\frac{4 a}{C} p_S \\left(I_S - \\bar I\\right)"]),
        LatexEquation(left: "\\bar I", right: ["\\sum_T p_T I_T"]),
      ]))
    document.add(
      .text(
        "so that $\\log(p_S/p_T)$ has the slope $4a(I_S-I_T)/C$, constant as long as $a$ and the weights are."
      ))
  }

  /// The weights' equation with all shares on one set.
  func writeSecondStage(_ selected: HeadSet, to document: inout DerivationDocument) {
    let latex = selected.latex
    let graph = ExpressionGraph()
    let lag = graph.index("j", extent: definition.window)
    let model = ModelExpressions(graph, model: definition, loss: Loss(), lag: lag)
    var names = ModelNotation(model).notation
    let pairs = (1...selected.count).map { position in
      (
        graph.index("i\(position)", extent: definition.window, latex: "i_{\(position)}"),
        graph.index("j\(position)", extent: definition.window, latex: "j_{\(position)}")
      )
    }
    let indices = pairs.flatMap { [$0.0, $0.1] }
    let tensor = graph.symbol("G", shape: indices.map(\.extent), role: .coefficient)
    let slots = (0..<selected.count).map { "#\(2 * $0 + 1),#\(2 * $0 + 2)" }.joined(separator: ";")
    names.write(tensor, as: "G(\(slots))")
    var entries: [Expression] = [graph(tensor, at: indices)]
    for (head, pair) in zip(selected.members, pairs) {
      for index in [pair.0, pair.1] {
        let weights = model.attentionWeights(ofHead: head, over: index)
        names.name(weights, "\\sigma^{(\(head))}_{#1}", [index], definition: .known)
        entries.append(weights)
      }
      names.name(
        model.attentionWeights(ofHead: head, over: lag), "\\sigma^{(\(head))}_{#1}", [lag], definition: .known
      )
    }
    let gain = graph.product(entries).sum(over: indices)
    let loss = -(model.scale * gain)
    let rates = loss.gradient(selected.members.map { graph(model.attention[$0 - 1], lag) }).map { -$0 }
    document.add(.heading("Stage II: the weights train"))
    document.add(
      .text(
        "With all shares on the set of most information, $S^\\ast=\(latex)$, $L=L_0-aI_{S^\\ast}(\\sigma)$ with "
          + "$\\sigma^{(h)}=\\operatorname{softmax}(w^{(h)})$. Heads outside $S^\\ast$ do not move. $G$ is the tensor "
          + "of $S^\\ast$."))
    var printer = LatexPrinter(graph, names)
    let sides = zip(selected.members, rates).map {
      (left: Derivation.velocity("w^{(\($0))}_{j}"), right: $1)
    }
    document.add(.equations(printer.equations(sides)))
    let sums = rates.map { $0.sum(over: lag) }
    if Vanishing(graph).holds(sums) {
      document.add(
        .text(
          "Conserved: $\\sum_j w^{(h)}_j$ for every head. Its time derivative vanishes at random points to rounding."
        ))
    }
  }

  // MARK: Rates

  /// dQ/dt along the flow of c.
  private func rate(of quantity: Expression) -> Expression {
    let slopes = quantity.gradient(model.coefficients.map { graph($0) })
    return graph.sum(zip(slopes, coefficientRates).map { $0 * $1 })
  }

  private func vanishes(_ expression: Expression) -> Bool {
    Vanishing(graph).holds([expression])
  }
}
