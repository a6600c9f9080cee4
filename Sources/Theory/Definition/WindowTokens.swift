import InductionModel
import SymbolicTensors

/// The one-hot tokens of some windows as tensors of known numbers, `[lag][token][window]`, with the lags that a head sees.
struct WindowTokens {
  /// By head; heads that see the same lags have one in common.
  let symbols: [Symbol]
  let numbers: [Symbol: [Double]]

  /// - Parameters:
  ///   - name: of the first symbol.
  ///   - windows: numbers Σ_j x_{t−j} d^{j−1}; nil where only their count is known.
  init(_ name: String, _ model: ModelExpressions, count: Int, _ windows: [Int]?) {
    let (graph, definition) = (model.graph, model.model)
    var byFirstLag: [Int: Symbol] = [:]
    var numbers: [Symbol: [Double]] = [:]
    symbols = (1...definition.heads).map { head in
      let lags = definition.lags(ofHead: head)
      if let known = byFirstLag[lags.lowerBound] { return known }
      let symbol = graph.symbol(
        byFirstLag.isEmpty ? name : "\(name)\(head)", shape: [lags.count, definition.tokens, count],
        role: .coefficient)
      graph.declare(sumOf: symbol, overAxis: 1, is: .one)
      numbers[symbol] = windows.map { Self.oneHot(tokens: definition.tokens, windows: $0, lags: lags) }
      byFirstLag[lags.lowerBound] = symbol
      return symbol
    }
    self.numbers = numbers
  }

  /// v^h of every head.
  func outputs(_ model: ModelExpressions, at window: Index, over token: Index) -> [Expression] {
    symbols.enumerated().map { position, tokens in
      model.headOutput(
        weights: model.attentionWeights(ofHead: position + 1, over: model.lag),
        tokens: model.graph(tokens, model.lag, token, window), lag: model.lag, token: token)
    }
  }

  private static func oneHot(tokens: Int, windows: [Int], lags: ClosedRange<Int>) -> [Double] {
    var table = [Double](repeating: 0, count: lags.count * tokens * windows.count)
    for (position, lag) in lags.enumerated() {
      let place = (1..<lag).reduce(1) { power, _ in power * tokens }
      for (column, window) in windows.enumerated() {
        let token = window / place % tokens
        table[(position * tokens + token) * windows.count + column] = 1
      }
    }
    return table
  }
}
