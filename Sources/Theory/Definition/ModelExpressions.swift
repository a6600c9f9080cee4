import Flows
import InductionModel
import SymbolicTensors

/// The model's definition as tensor expressions: what arXiv 2409.10559 section 3 writes, and nothing derived.
///
/// What variants change stands in `DefinitionParts`.
struct ModelExpressions {
  let graph: ExpressionGraph
  let model: ModelDefinition
  let loss: Loss
  let parameters: ParameterSymbols
  /// j, over the lags that a head sees.
  let lag: Index
  let coordinates: Coordinates
  let parts: DefinitionParts
  /// Parts that the variant does not name.
  let replaced: DefinitionParts?

  /// What the first layer and the feature map are written in.
  enum Coordinates {
    /// w and c.
    case parameters
    /// σ^h, one vector per head, and p_S, one scalar per set: the model is simplest in these.
    case reduced(weights: [Symbol], shares: [Symbol])
  }

  /// - Parameters:
  ///   - lag: an index of the graph; by default a new one.
  ///   - parts: in place of the variant's.
  init(
    _ graph: ExpressionGraph, model: ModelDefinition, loss: Loss, lag: Index? = nil,
    parts: DefinitionParts? = nil, isReduced: Bool = false
  ) {
    let lag = lag ?? graph.index("j", extent: model.window)
    (self.graph, self.model, self.loss, self.lag) = (graph, model, loss, lag)
    self.parts = parts ?? DefinitionParts(model.variant)
    replaced = parts
    coordinates =
      isReduced
      ? .reduced(
        weights: (1...model.heads).map { head in
          graph.symbol("sigma\(head)", shape: [model.window], role: .variable, latex: "\\sigma^{(\(head))}")
        },
        shares: model.sets.map { set in
          graph.symbol("p\(set.suffix)", role: .variable, latex: "p_{\(set.latex)}")
        }) : .parameters
    parameters = ParameterSymbols(graph, model.parameterSpace) { $0.isScalar ? [] : [lag] }
  }

  /// w^h, one vector over the lags that head h sees.
  var attention: ArraySlice<Symbol> { parameters.symbols.prefix(model.heads) }
  /// c_S, one scalar per set of heads.
  var coefficients: ArraySlice<Symbol> { parameters.symbols.dropFirst(model.heads).dropLast() }
  /// a.
  var scaleSymbol: Symbol { parameters.symbols[model.heads + model.sets.count] }
  var scale: Expression { graph(scaleSymbol) }

  // MARK: First layer

  /// σ^h, on the lags of a head; `existing` is 0 where a lag exists and −∞ where it does not.
  func attentionWeights(ofHead head: Int, over lag: Index, existing: Expression? = nil) -> Expression {
    if case .reduced(let weights, _) = coordinates { return graph(weights[head - 1], lag) }
    let logits = graph(attention[head - 1], lag)
    return parts.weights(existing.map { logits + $0 } ?? logits, lag)
  }

  /// v^h = Σ_j σ^h_j x_{·−j}, normalised as the variant says.
  ///
  /// - Parameter tokens: the one-hot token at each lag of the head; has `lag` and `token` among its indices.
  func headOutput(weights: Expression, tokens: Expression, lag: Index, token: Index) -> Expression {
    parts.output((weights * tokens).sum(over: lag), token)
  }

  // MARK: Second layer

  /// p_S, in the order of the model's sets.
  var shares: [Expression] {
    if case .reduced(_, let shares) = coordinates { return shares.map { graph($0) } }
    return graph.shares(of: coefficients.map { parts.share(graph($0)) })
  }

  /// q, from ⟨u_key, u_query⟩ = Σ_S p_S Π_{h∈S} ⟨v^h_key, v^h_query⟩.
  func similarity(keys: [Expression], queries: [Expression], token: Index) -> Expression {
    let norms = [keys, queries].map { outputs in
      inner(outputs.map { parts.match($0.squared.sum(over: token)) })
    }
    return parts.similarity(
      inner(zip(keys, queries).map { parts.match(($0 * $1).sum(over: token)) }), norms[0], norms[1])
  }

  /// Σ_S p_S Π_{h∈S} f_h.
  private func inner(_ perHead: [Expression]) -> Expression {
    graph.sum(
      zip(shares, model.sets).map { share, set in
        graph.product([share] + set.members.map { perHead[$0 - 1] })
      })
  }

  /// y, from q on the keys.
  func prediction(_ similarity: Expression, _ keys: KeyAverages) -> Expression {
    parts.secondLayer.prediction(parts.secondLayer.average(scale * similarity, keys), keys)
  }

  // MARK: Criterion

  /// What one prediction y costs, given the share of each next token: −Σ_e target(e) log(y(e) + ε) or
  /// −Σ_e target(e) log softmax(y)(e).
  ///
  /// - Parameters:
  ///   - target: sums to `total` over the tokens.
  ///   - guarding: added inside the logarithm; 1 where the target is known to be 0, so that 0 log 0 = 0.
  func cost(
    of prediction: Expression, target: Expression, total: Expression, over token: Index,
    guarding: Expression? = nil
  ) -> Expression {
    switch loss.criterion {
    case .crossEntropy:
      let shifted = graph.sum(
        [prediction, graph.constant(Number(loss.epsilon))] + (guarding.map { [$0] } ?? []))
      return -(target * shifted.logarithm).sum(over: token)
    case .logits:
      let normalizer = prediction.exponential.sum(over: token).logarithm
      return total * normalizer - (target * prediction).sum(over: token)
    }
  }
}

extension ModelExpressions {
  /// What it means that the loss is not finite, where the second layer can leave the simplex.
  var negativePrediction: TheoryError? {
    model.variant.secondLayer == .linear && loss.criterion == .crossEntropy
      ? .negativePrediction(epsilon: loss.epsilon) : nil
  }
}
