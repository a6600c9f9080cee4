import InductionModel
import SymbolicTensors

extension InfiniteContext {
  /// The loss, the steps of its derivation and the flow.
  public func derivation(_ request: DerivationRequest) -> Derivation {
    model.derivation(
      of: loss, introduction: Self.introduction(model.model), notation: notation,
      constants: coefficients, request)
  }

  /// The flow of the trained groups with its numbers.
  public func flow(_ request: DerivationRequest) -> FlowSystem {
    model.flowSystem(model.parameters.gradient(of: loss), request, constants: coefficients)
  }

  static func introduction(_ model: ModelDefinition) -> String {
    "The loss in the limit of a long context. $Z$ and $z$ are the windows of the last \(model.reach) tokens "
      + "before a key and before the query, $Z_j$ the token at lag $j$; $e$ and $x$ run over the "
      + "\(model.tokens) tokens. $\\mu_\\pi$ is the stationary law under a kernel $\\pi$: of a next token with "
      + "its window, of a window, of a token. Head $h$ sees \(model.lagsInWords), with weights "
      + "$\\sigma^{(h)}$ and output $v^{(h)}$; a set $S$ of heads has the share $p_S$ of the similarity $q$; "
      + "$y$ is the prediction."
  }

  /// The paper's names.
  var notation: ModelNotation {
    var names = ModelNotation(model)
    names.notation.write(source.joint, as: "\\mu_{#1}(#2,#3)")
    names.notation.write(source.stationary, as: "\\mu_{#1}(#2)")
    names.notation.write(source.tokenLaw, as: "\\mu_{#1}(#2)")
    for (head, symbol) in zip(1..., windowTokens.symbols) {
      let shift = model.model.lags(ofHead: head).lowerBound - 1
      names.notation.write(
        symbol, as: "\\mathbf{1}[#3_{#1\(shift > 0 ? "+\(shift)" : "")}=#2]")
    }
    var steps: [NamedStep] = []
    let keys = outputs(at: key, into: &steps)
    let queries = outputs(at: query, into: &steps)
    if model.model.variant.normalization == .l2 { steps += unnormalizedProducts }
    for (head, (first, second)) in zip(1..., zip(keys, queries)) {
      steps.append(
        NamedStep(
          expression: (first * second).sum(over: token),
          template: "\\langle v^{(\(head))}(#1),v^{(\(head))}(#2)\\rangle", indices: [key, query]))
    }
    steps.append(
      NamedStep(
        expression: similarity, template: "q(#1,#2)", indices: [key, query]))
    if model.model.variant.secondLayer == .softmax {
      let (weight, mass) = ((model.scale * similarity).exponential, average)
      steps.append(
        NamedStep(
          expression: weight, template: "E(#1,#2)", indices: [key, query]))
      steps.append(
        NamedStep(
          expression: mass, template: "m_{#1}(#2,#3)",
          indices: [kernel, next, query]))
      steps.append(
        NamedStep(
          expression: mass.sum(over: next), template: "M_{#1}(#2)", indices: [kernel, query]))
    }
    steps.append(
      NamedStep(
        expression: prediction, template: "y_{#1}(#2\\mid #3)",
        indices: [kernel, next, query]))
    names.notation.name(steps)
    return names
  }

  private func outputs(at window: Index, into steps: inout [NamedStep]) -> [Expression] {
    (1...model.model.heads).map { head in
      let weights = model.attentionWeights(ofHead: head, over: lag)
      let output = model.headOutput(
        weights: weights, tokens: graph(windowTokens.symbols[head - 1], lag, token, window), lag: lag,
        token: token)
      if window == key {
        steps.append(
          NamedStep(
            expression: weights, template: "\\sigma^{(\(head))}_{#1}", indices: [lag]))
      }
      if model.model.variant.normalization == .l2 {
        let raw = unnormalized(head, at: window)
        let length = raw.squared.sum(over: token).applying(.guardedPower(Number(-1, over: 2)))
        let definition = window == key ? Notation.Definition.printed : .known
        steps.append(
          NamedStep(
            expression: raw, template: "\\tilde v^{(\(head))}_{#1}(#2)", indices: [token, window],
            definition: definition))
        steps.append(
          NamedStep(
            expression: length, template: "\\nu^{(\(head))}(#1)", indices: [window], definition: definition))
      }
      steps.append(
        NamedStep(
          expression: output, template: "v^{(\(head))}_{#1}(#2)",
          indices: [token, window], definition: window == key ? .printed : .known))
      return output
    }
  }

  /// A head's output before it is divided by its norm.
  private func unnormalized(_ head: Int, at window: Index) -> Expression {
    let tokens = graph(windowTokens.symbols[head - 1], lag, token, window)
    return (model.attentionWeights(ofHead: head, over: lag) * tokens).sum(over: lag)
  }

  private var unnormalizedProducts: [NamedStep] {
    (1...model.model.heads).map { head in
      let product = unnormalized(head, at: key) * unnormalized(head, at: query)
      let name = "\\tilde v^{(\(head))}"
      return NamedStep(
        expression: product.sum(over: token), template: "\\langle \(name)(#1),\(name)(#2)\\rangle",
        indices: [key, query])
    }
  }
}
