extension FlowSystem {
  /// τ y'' + y' = r for a system y' = r, as one of first order: y' = u, u' = (r − u)/τ, the velocities behind the state. A
  /// tensor whose rate is 0 stays, and has none.
  ///
  /// - Parameters:
  ///   - relaxation: τ > 0.
  ///   - velocity: u at the start, one number per number of the state.
  ///   - states: the numbers of the state in LaTeX.
  /// - Returns: the system, and how it is written.
  public func withInertia(
    relaxation: Double, velocity: [Double], notation: Notation, states: [String]
  ) -> (system: FlowSystem, notation: Notation, states: [String]) {
    let rate = graph.constant(Number(1 / relaxation))
    var notation = notation
    var (places, velocities): ([Expression], [Expression]) = ([], [])
    var (rates, accelerations): ([Expression], [Expression]) = ([], [])
    var moving: [Int] = []
    for (component, (_, range)) in zip(components, layout) {
      places.append(graph(component.symbol, at: component.indices))
      guard component.derivative != graph.constant(0) else {
        rates.append(component.derivative)
        continue
      }
      let (name, shape) = (graph.name(of: component.symbol), graph.shape(of: component.symbol))
      let symbol = graph.symbol("velocity_\(name)", shape: shape, role: .parameter)
      if let template = notation.symbols[component.symbol] { notation.write(symbol, as: "u_{\(template)}") }
      let entry = graph(symbol, at: component.indices)
      rates.append(entry)
      velocities.append(entry)
      accelerations.append(rate * (component.derivative - entry))
      moving += range
    }
    let system = FlowSystem(
      RateEquations(state: places + velocities, rates: rates + accelerations), heading: heading,
      names: names + moving.map { "velocity \(names[$0])" }, initial: initial + moving.map { velocity[$0] },
      constants: constants)
    return (system, notation, states + moving.map { "u_{\(states[$0])}" })
  }
}
