/// Explicit equations of scalars out of a system of tensors.
extension FlowSystem {
  /// What constant tensors are written as.
  public enum ScalarCoefficients: String, CaseIterable, Sendable {
    case numeric
    /// Entries keep their tensor's name; entries that are 0 are dropped like numbers.
    case named
  }

  /// Every component an explicit expression of the others: a system of scalar symbols in a graph of its own, with
  /// the notation for printing it.
  ///
  /// - Parameters:
  ///   - templates: LaTeX of tensor symbols, `#1` and so on for indices counted from 1.
  ///   - states: LaTeX of the state's components.
  ///   - softmax: plain for reading; shifted for running, so that no logit overflows.
  /// - Throws: `ScalarSystemError.tooLarge` when tensors have more entries than the limit.
  public func unrolled(
    _ coefficients: ScalarCoefficients, notation: Notation, states: [String], softmax: SoftmaxForm = .plain,
    limit: Int = 20_000_000
  ) throws -> (system: FlowSystem, notation: Notation) {
    var templates = states
    var inputs = zip(components, layout).map { component, part in
      ScalarInput(component.symbol, part.range.map { names[$0] })
    }
    var numeric = constants
    var values: [Double] = []
    if coefficients == .named {
      for symbol in constants.keys.sorted(by: { $0.id < $1.id }) where isCoefficient(symbol) {
        numeric[symbol] = nil
        let places = self.places(of: symbol)
        let name = graph.name(of: symbol)
        inputs.append(ScalarInput(symbol, places.map { "\(name)_\($0.joined(separator: "_"))" }))
        values += constants[symbol] ?? []
        templates += places.map { place in
          let template =
            notation.symbols[symbol]
            ?? Notation.subscripted(
              graph.declaration(symbol).latex, place.indices.map { "#\($0 + 1)" }.joined(separator: ","))
          return Notation.fill(template, place)
        }
      }
    }
    let scalars = try ScalarSystem(
      components.map { ScalarEquation($0.derivative, over: $0.indices) }, inputs: inputs, constants: numeric,
      softmax: softmax, limit: limit)
    var written = Notation()
    for (symbol, template) in zip(scalars.inputs, templates) { written.write(symbol, as: template) }
    let known = zip(scalars.inputs.dropFirst(states.count), values.map { [$0] })
    let system = FlowSystem(
      RateEquations(
        state: zip(scalars.inputs, scalars.equations).map { symbol, _ in scalars.graph(symbol) },
        rates: scalars.equations),
      heading: heading, names: names, initial: initial,
      constants: Dictionary(uniqueKeysWithValues: known))
    return (system, written)
  }

  /// Sums of more operands are tables in sources.
  static let longestWrittenSum = 16

  /// Whether nothing in the equations has an index.
  var isScalar: Bool {
    graph.reachable(components.map(\.derivative.id)).allSatisfy { node in
      switch graph.nodes[Int(node)] {
      case .number, .sum, .product, .function, .largest: graph.free[Int(node)].isEmpty
      case .symbol(_, let indices): indices.isEmpty
      case .delta, .softmax, .contraction: false
      }
    } && components.allSatisfy(\.indices.isEmpty)
  }

  /// The same equations with more constants.
  func adding(_ more: [Symbol: [Double]]) -> FlowSystem {
    FlowSystem(
      equations, heading: heading, names: names, initial: initial, constants: constants.merging(more) { $1 })
  }

  /// How much source the equations of scalars make.
  ///
  /// - Complexity: linear in the size of the equations; nothing is written.
  public var flowSize: ScalarSize {
    ScalarSize(of: components.map(\.derivative.id), in: graph, longestSum: Self.longestWrittenSum)
  }

  /// How much more their Jacobian makes.
  ///
  /// - Complexity: that of deriving it.
  public var jacobianSize: ScalarSize {
    ScalarSize(
      of: equations.jacobianProduct()?.product.map(\.id) ?? [], in: graph, longestSum: Self.longestWrittenSum)
  }

  /// A one-hot table is structure, not a coefficient: its entries are 0 and 1, or −∞ in a mask.
  private func isCoefficient(_ symbol: Symbol) -> Bool {
    !(constants[symbol] ?? []).allSatisfy { $0 == 0 || $0 == 1 || $0 == -.infinity }
  }

  /// The indices of a tensor's entries, counted from 1, row-major.
  private func places(of symbol: Symbol) -> [[String]] {
    graph.shape(of: symbol).reduce([[]]) { places, extent in
      places.flatMap { place in (1...max(1, extent)).map { place + ["\($0)"] } }
    }
  }
}
