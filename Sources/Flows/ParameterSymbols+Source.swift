import ParameterSpaces
import SymbolicTensors

extension ParameterSymbols {
  /// θ' = f of the groups that train, with its numbers: what can be written in other languages.
  ///
  /// - Parameters:
  ///   - rates: f, one a block.
  ///   - trained: nil for all; the parameters of the others stay.
  ///   - start: a flat vector.
  ///   - constants: the numbers of all symbols but the parameters.
  ///   - heading: of the source, line by line.
  public func system(
    _ rates: [Expression], trained: [ParameterGroup]? = nil, start: [Double], constants: [Symbol: [Double]],
    heading: [String] = []
  ) -> FlowSystem {
    let moving = zip(space.blocks, rates).map { block, rate in
      trained?.contains(block.group) ?? true ? rate : graph.constant(0)
    }
    return FlowSystem(
      RateEquations(state: entries, rates: moving), heading: heading, names: space.names, initial: start,
      constants: constants)
  }
}
