import InductionModel
import MarkovChains

extension DisentangledTransformer {
  public func attention(on sequence: ArraySlice<UInt16>)
    -> (@Sendable (_ parameters: [Double]) -> SequenceAttention)?
  {
    let windows = KeyWindows(sequence, shape: shape)
    return { parameters in
      let weights = LayerWeights(Parameters(flat: parameters, model: definition), shape: shape)
      var heads = CopierHeads(weights: weights, positions: windows.positions)
      let lags = (0..<definition.heads).map { head in
        let row = weights.index(depth: shape.depth(at: sequence.count - 1), head: head)
        return Array(weights.copier[row..<row + definition.reach])
      }
      return SequenceAttention(
        keys: windows.attention(&heads, on: sequence, weights: weights), lags: lags)
    }
  }
}
