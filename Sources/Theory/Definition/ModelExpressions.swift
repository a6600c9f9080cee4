import InductionModel
import Numerics
import SymbolicTensors

/// The model's definition as tensor expressions: what arXiv 2409.10559 section 3 writes, and nothing derived.
///
/// What variants change stands in `DefinitionParts`, the second layer in the levels.
struct ModelExpressions {
  let graph: ExpressionGraph
  let model: ModelDefinition
  let loss: Loss
  /// w^h, one vector over the lags that head h sees.
  let attention: [Symbol]
  /// c_S, one scalar per set of heads.
  let coefficients: [Symbol]
  /// a.
  let scale: Symbol
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

  /// - Parameter parts: in place of the variant's.
  init(
    _ graph: ExpressionGraph, model: ModelDefinition, loss: Loss, parts: DefinitionParts? = nil,
    isReduced: Bool = false
  ) {
    self.graph = graph
    self.model = model
    self.loss = loss
    self.parts = parts ?? DefinitionParts(model.variant)
    replaced = parts
    coordinates =
      isReduced
      ? .reduced(
        weights: (1...model.heads).map { head in
          graph.symbol("sigma\(head)", shape: [model.window], role: .variable, latex: "\\sigma^{(\(head))}")
        },
        shares: model.sets.map { set in
          graph.symbol("p\(Self.suffix(set))", role: .variable, latex: "p_{\(Self.latex(set))}")
        }) : .parameters
    attention = (1...model.heads).map { head in
      graph.symbol("w\(head)", shape: [model.window], role: .parameter, latex: "w^{(\(head))}")
    }
    coefficients = model.sets.map { set in
      graph.symbol("c\(Self.suffix(set))", role: .parameter, latex: "c_{\(Self.latex(set))}")
    }
    scale = graph.symbol("a", role: .parameter, latex: "a")
  }

  private static func suffix(_ set: HeadSet) -> String {
    set.count == 0 ? "_0" : set.members.map { "_\($0)" }.joined()
  }

  private static func latex(_ set: HeadSet) -> String {
    set.count == 0
      ? "\\varnothing" : "\\{\(set.members.map(String.init).joined(separator: ","))\\}"
  }

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

  /// q = ⟨u_key, u_query⟩ = Σ_S p_S Π_{h∈S} ⟨v^h_key, v^h_query⟩, with the variant's feature norm.
  func similarity(keys: [Expression], queries: [Expression], token: Index) -> Expression {
    let products = kernel(zip(keys, queries).map { parts.match(($0 * $1).sum(over: token)) })
    switch model.variant.featureNorm {
    case .constant: return products
    case .feature:
      let norms = [keys, queries].map { outputs in
        kernel(outputs.map { parts.match($0.squared.sum(over: token)) })
          .applying(.guardedPower(Number(-1, over: 2)))
      }
      return products * norms[0] * norms[1]
    }
  }

  /// Σ_S p_S Π_{h∈S} f_h.
  private func kernel(_ perHead: [Expression]) -> Expression {
    graph.sum(
      zip(shares, model.sets).map { share, set in
        graph.product([share] + set.members.map { perHead[$0 - 1] })
      })
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
  /// The loss's gradient by parameter, in the order of `Parameters.flat`: H vectors over the lags, then c, then a.
  func gradient(of loss: Expression, lag: Index) -> [Expression] {
    loss.gradient(entries(lag: lag))
  }

  /// θ' = −∇L, by parameter in the same order.
  func equations(of loss: Expression, lag: Index) -> RateEquations {
    RateEquations(state: entries(lag: lag), rates: gradient(of: loss, lag: lag).map { -$0 })
  }

  private func entries(lag: Index) -> [Expression] {
    attention.map { graph($0, lag) } + coefficients.map { graph($0) } + [graph(scale)]
  }
}

extension ModelExpressions {
  /// A scalar expression at a flat vector of parameters, by direct evaluation.
  func directValue<Scalar: Real>(
    _ expression: Expression, _ parameters: [Scalar], coefficients: [Symbol: [Scalar]]
  ) -> Scalar {
    var values = coefficients
    var position = 0
    for symbol in attention + self.coefficients + [scale] {
      let count = graph.size(of: symbol)
      values[symbol] = Array(parameters[position..<position + count])
      position += count
    }
    return DirectEvaluator(graph, values: values).evaluate([expression])[0][0]
  }
}
