extension FlowSystem {
  /// The flow without its numbers.
  public var equations: RateEquations {
    RateEquations(
      state: components.map { graph($0.symbol, at: $0.indices) }, rates: components.map(\.derivative))
  }

  /// The same state with other equations.
  func replacing(_ equations: [Expression]) -> FlowSystem {
    FlowSystem(
      graph: graph, heading: heading,
      components: zip(components, equations).map {
        Component(symbol: $0.symbol, indices: $0.indices, derivative: $1)
      }, names: names, initial: initial, constants: constants)
  }

  /// Every component an explicit equation of the others, with all constants put in: what `ScalarFunction` compiles.
  ///
  /// - Throws: `ScalarSystemError.tooLarge` when tensors have more entries than the limit.
  public func scalarSystem(limit: Int = 20_000_000) throws -> ScalarSystem {
    let inputs = zip(components, layout).map { component, part in
      ScalarInput(component.symbol, part.range.map { names[$0] })
    }
    return try ScalarSystem(
      components.map { ScalarEquation($0.derivative, over: $0.indices) }, inputs: inputs,
      constants: constants, limit: limit)
  }
}
