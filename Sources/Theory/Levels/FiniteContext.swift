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
  ///   - context: L; at least W+1 with full windows, at least 1 with all keys.
  ///   - batch: sequences in one evaluation.
  init(model definition: ModelDefinition, loss criterion: Loss, context: Int, batch: Int) {
    let graph = ExpressionGraph()
    self.graph = graph
    let model = ModelExpressions(graph, model: definition, loss: criterion)
    self.model = model
    let layout = ContextLayout(definition, context: context)
    self.layout = layout
    lag = graph.index("j", extent: definition.window)
    sequence = graph.index("n", extent: batch)
    token = graph.index("x", extent: definition.tokens)
    next = graph.index("e", extent: definition.tokens)
    key = graph.index("l", extent: layout.keys.count)
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
        ofHead: head, over: lag, existing: mask("maskq", positions: [context + 1], over: []))
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
    switch definition.variant.secondLayer {
    case .softmax:
      let attention = (graph(model.scale) * similarity).softmax(over: key)
      prediction = (attention * values).sum(over: key)
    case .linear:
      let share = Number(1, over: keys)
      let centred = similarity - share * similarity.sum(over: key)
      let mean = share * values.sum(over: key)
      prediction = mean + graph(model.scale) * (share * (centred * values).sum(over: key))
    }
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
  /// Counted from 1.
  let keys: ClosedRange<Int>

  init(_ model: ModelDefinition, context: Int) {
    switch model.variant.keys {
    case .fullWindow: keys = model.reach + 1...max(model.reach + 1, context)
    case .all: keys = 1...max(1, context)
    }
  }

  /// The shortest context that has a key.
  static func shortest(_ model: ModelDefinition) -> Int {
    model.variant.keys == .all ? 1 : model.reach + 1
  }
}
