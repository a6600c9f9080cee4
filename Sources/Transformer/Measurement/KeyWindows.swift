import InductionModel
import MarkovChains

/// Which keys of a sequence see the same tokens: what the second layer gives them need be computed once only.
struct KeyWindows: Sendable {
  private let shape: PassShape
  private let context: Int
  /// The first position of each window.
  private var firsts: [Int] = []
  /// Which of them a key's window is, [key].
  private var rows: [Int] = []

  init(_ x: ArraySlice<UInt16>, shape: PassShape) {
    self.shape = shape
    context = x.count - 1
    let (d, reach) = (shape.tokens, shape.reach)
    let keys = shape.keys(context: context)
    rows.reserveCapacity(keys.count)
    guard let windows = power(d, reach), windows <= WindowPlan.most else {
      // Among so many few keys share one.
      (firsts, rows) = (Array(keys), Array(keys.indices.map { $0 - keys.lowerBound }))
      return
    }
    var numbers = Array(repeating: -1, count: windows * shape.ownTokens)
    var window = 0
    for position in 0..<keys.upperBound {
      let token = Int(x[x.startIndex + position])
      if keys.contains(position) {
        // One that is cut short by the start is the only one of its length.
        let number = shape.ownTokens > 1 ? token * windows + window : window
        let known = position < reach ? -1 : numbers[number]
        if known < 0 { firsts.append(position) }
        rows.append(known < 0 ? firsts.count - 1 : known)
        if position >= reach, known < 0 { numbers[number] = firsts.count - 1 }
      }
      let oldest = position < reach ? 0 : Int(x[x.startIndex + position - reach])
      window = window * d + token - oldest * windows
    }
  }

  /// One position for each window, then the query's: what layer 1 is to be evaluated at.
  var positions: [Int] { firsts + [context] }

  /// The second layer's attention on positions 1...L, 0 where one is no key, given layer 1 at `positions`.
  func attention<Heads: HeadLayer>(_ heads: inout Heads, on x: ArraySlice<UInt16>, weights: Heads.Weights)
    -> [Double] where Heads.Real == Double
  {
    var v = Array(repeating: 0.0, count: positions.count * shape.heads * shape.tokens)
    heads.forward(x, output: &v)
    var selector = SelectorLayer<Double>(shape: shape, keys: firsts.count)
    selector.forward(v, shares: weights.shares)
    let attention = ClassifierLayer.attention(
      shape.definition.variant.secondLayer, selector.q, of: rows, scale: weights.scale)
    var keys = Array(repeating: 0.0, count: context)
    for (key, row) in zip(shape.keys(context: context), rows) { keys[key] = attention[row] }
    return keys
  }
}
