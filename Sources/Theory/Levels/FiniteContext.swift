import InductionModel
import SymbolicTensors

/// The loss at a finite context length L, as an expression over one-hot tensors of a batch of sequences
/// x_1...x_{L+1}: each predicts x_{L+1} from x_1...x_L.
public struct FiniteContext {
  public let graph: ExpressionGraph
  let model: ModelExpressions
  /// j, n, x, e, l: lags, sequences, tokens of a window, predicted tokens, keys.
  let lag, sequence, token, next, key: Index
  /// The symbols that a batch binds.
  let keyTokens, queryTokens: [Symbol]
  let contextTokens, targets, weights: Symbol
  /// −∞ where a lag does not exist.
  let coefficients: [Symbol: [Double]]
  /// v^h at the keys and at the query.
  let keyOutputs, queryOutputs: [Expression]
  /// q on (n, l), y on (n, e), Σ_n weight_n × cost.
  let similarity, prediction, loss: Expression
  let layout: ContextLayout

  /// - Parameters:
  ///   - layout: of the keys in the context.
  ///   - batch: sequences in one evaluation.
  ///   - parts: in place of the variant's.
  init(
    model definition: ModelDefinition, loss criterion: Loss, layout: ContextLayout, batch: Int,
    parts: DefinitionParts? = nil
  ) {
    let graph = ExpressionGraph()
    self.graph = graph
    self.layout = layout
    lag = graph.index("j", extent: definition.window)
    sequence = graph.index("n", extent: batch)
    token = graph.index("x", extent: definition.tokens)
    next = graph.index("e", extent: definition.tokens)
    key = graph.index("l", extent: layout.keys.count)
    let model = ModelExpressions(graph, model: definition, loss: criterion, lag: lag, parts: parts)
    self.model = model
    let (lag, sequence, token, next, key) = (self.lag, self.sequence, self.token, self.next, self.key)
    let (d, keys) = (definition.tokens, layout.keys.count)

    var numbers: [Symbol: [Double]] = [:]
    var keyTokens: [Symbol] = []
    var queryTokens: [Symbol] = []
    var keyOutputs: [Expression] = []
    var queryOutputs: [Expression] = []
    for head in 1...definition.heads {
      let lags = definition.lags(ofHead: head)
      let isNew = head == 1 || definition.variant.windows == .shifted
      let atKeys =
        isNew ? graph.symbol("x\(head)", shape: [lags.count, batch, d, keys], role: .variable) : keyTokens[0]
      let atQuery =
        isNew ? graph.symbol("xq\(head)", shape: [lags.count, batch, d], role: .variable) : queryTokens[0]
      keyTokens.append(atKeys)
      queryTokens.append(atQuery)

      /// −∞ for the lags that reach before the sequence; nil if none does.
      func mask(_ name: String, positions: [Int], over index: [Index]) -> Expression? {
        let values = lags.flatMap { lag in positions.map { $0 - lag >= 1 ? 0 : -Double.infinity } }
        guard values.contains(-.infinity) else { return nil }
        let symbol = graph.symbol(
          "\(name)\(head)", shape: [lags.count] + index.map(\.extent), role: .coefficient)
        numbers[symbol] = values
        return graph(symbol, at: [lag] + index)
      }
      let keyWeights = model.attentionWeights(
        ofHead: head, over: lag, existing: mask("mask", positions: Array(layout.keys), over: [key]))
      let queryWeights = model.attentionWeights(
        ofHead: head, over: lag, existing: mask("maskq", positions: [layout.context + 1], over: []))
      keyOutputs.append(
        model.headOutput(
          weights: keyWeights, tokens: graph(atKeys, lag, sequence, token, key), lag: lag, token: token))
      queryOutputs.append(
        model.headOutput(
          weights: queryWeights, tokens: graph(atQuery, lag, sequence, token), lag: lag, token: token))
    }
    (self.keyTokens, self.queryTokens, coefficients) = (keyTokens, queryTokens, numbers)
    (self.keyOutputs, self.queryOutputs) = (keyOutputs, queryOutputs)
    contextTokens = graph.symbol("xl", shape: [batch, d, keys], role: .variable)
    targets = graph.symbol("target", shape: [batch, d], role: .variable)
    weights = graph.symbol("weight", shape: [batch], role: .variable)

    let similarity = model.similarity(keys: keyOutputs, queries: queryOutputs, token: token)
    self.similarity = similarity
    let values = graph(contextTokens, sequence, next, key)
    let share = Number(1, over: keys)
    prediction = model.prediction(
      similarity,
      KeyAverages(
        tokens: share * values.sum(over: key),
        mean: { share * $0.sum(over: key) },
        weighted: { share * ($0 * values).sum(over: key) },
        // Weights that sum to the number of keys: their logits may be large.
        exponential: { Number(keys) * $0.softmax(over: key) },
        normalized: { $0 }))
    // A token that is no target has weight 0 in the sum; guarding its logarithm makes 0 log 0 = 0.
    let target = graph(targets, sequence, next)
    let cost = model.cost(
      of: prediction, target: target, total: graph.constant(1), over: next,
      guarding: graph.constant(1) - target)
    loss = (graph(weights, sequence) * cost).sum(over: sequence)
  }
}

/// Which positions of a context serve as keys.
struct ContextLayout {
  /// L.
  let context: Int
  /// Counted from 1.
  let keys: ClosedRange<Int>

  /// nil where the context is too short to have a key.
  init?(_ model: ModelDefinition, _ parts: DefinitionParts, context: Int) {
    guard let keys = parts.keys(model.reach, context) else { return nil }
    (self.context, self.keys) = (context, keys)
  }
}
