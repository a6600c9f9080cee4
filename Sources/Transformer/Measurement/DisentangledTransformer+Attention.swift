import InductionModel
import MarkovChains

extension DisentangledTransformer {
  public func attention(on sequence: ArraySlice<UInt16>)
    -> (@Sendable (_ parameters: [Double]) -> SequenceAttention)?
  {
    let windows = KeyWindows(sequence, shape: shape)
    return { attention(at: $0, on: sequence, windows) }
  }

  private func attention(at parameters: [Double], on sequence: ArraySlice<UInt16>, _ windows: KeyWindows)
    -> SequenceAttention
  {
    let weights = LayerWeights(Parameters(flat: parameters, model: definition), shape: shape)
    let context = sequence.count - 1
    let q = similarities(weights, sequence, positions: windows.firsts + [context])
    let attention = ClassifierLayer.attention(
      definition.variant.secondLayer, q, of: windows.rows, scale: weights.scale)
    var keys = Array(repeating: 0.0, count: context)
    for (key, row) in zip(shape.keys(context: context), windows.rows) { keys[key] = attention[row] }
    let lags = (0..<definition.heads).map { head in
      let row = weights.index(depth: shape.depth(at: context), head: head)
      return Array(weights.copier[row..<row + definition.reach])
    }
    return SequenceAttention(keys: keys, lags: lags)
  }

  /// q of some positions with the last of them.
  private func similarities(
    _ weights: LayerWeights<Double>, _ x: ArraySlice<UInt16>, positions: [Int]
  ) -> [Double] {
    let rows = positions.count * shape.heads
    var v = Array(repeating: 0.0, count: rows * shape.tokens)
    var norms = Array(repeating: 0.0, count: definition.variant.normalization == .l2 ? rows : 0)
    CopierLayer.forward(weights, tokens: x, positions: positions, output: &v)
    NormalizationLayer.forward(&v, norms: &norms, tokens: shape.tokens)
    var selector = SelectorLayer<Double>(shape: shape, keys: positions.count - 1)
    selector.forward(v, shares: weights.shares)
    return selector.q
  }
}

/// Which keys of a sequence see the same window: their similarities need be computed once only.
struct KeyWindows: Sendable {
  /// The first position of each window.
  private(set) var firsts: [Int] = []
  /// Which of them a key's window is, [key].
  private(set) var rows: [Int] = []

  init(_ x: ArraySlice<UInt16>, shape: PassShape) {
    let (d, reach) = (shape.tokens, shape.reach)
    let keys = shape.keys(context: x.count - 1)
    rows.reserveCapacity(keys.count)
    guard let windows = power(d, reach), windows <= WindowPlan.most else {
      // Among so many few keys share one.
      (firsts, rows) = (Array(keys), Array(keys.indices.map { $0 - keys.lowerBound }))
      return
    }
    var numbers = Array(repeating: -1, count: windows)
    var window = 0
    for position in 0..<keys.upperBound {
      if keys.contains(position) {
        // One that is cut short by the start is the only one of its length.
        let known = position < reach ? -1 : numbers[window]
        if known < 0 { firsts.append(position) }
        rows.append(known < 0 ? firsts.count - 1 : known)
        if position >= reach, known < 0 { numbers[window] = firsts.count - 1 }
      }
      let oldest = position < reach ? 0 : Int(x[x.startIndex + position - reach])
      window = window * d + Int(x[x.startIndex + position]) - oldest * windows
    }
  }
}
