extension FlowSystem {
  /// The same state with other equations.
  func replacing(_ rates: [Expression]) -> FlowSystem {
    FlowSystem(
      RateEquations(state: equations.state, rates: rates), heading: heading, names: names, initial: initial,
      constants: constants)
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
