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
    let target = ExpressionGraph()
    var symbols: [Symbol] = []
    var written = Notation()
    var inputs: [ScalarInput] = []
    for (component, (_, range)) in zip(components, layout) {
      inputs.append(ScalarInput(component.symbol, range.map { names[$0] }))
      for position in range {
        let symbol = target.symbol(names[position], role: .parameter)
        written.write(symbol, as: states[position])
        symbols.append(symbol)
      }
    }
    var numeric = constants
    var values: [Symbol: [Double]] = [:]
    if coefficients == .named {
      for symbol in constants.keys.sorted(by: { $0.id < $1.id }) where isCoefficient(symbol) {
        numeric[symbol] = nil
        let places = self.places(of: symbol)
        let name = graph.name(of: symbol)
        inputs.append(ScalarInput(symbol, places.map { "\(name)[\($0.joined(separator: " "))]" }))
        for (place, value) in zip(places, constants[symbol] ?? []) {
          let entry = target.symbol("\(name)_\(place.joined(separator: "_"))", role: .coefficient)
          let template =
            notation.symbols[symbol]
            ?? Notation.subscripted(
              graph.declaration(symbol).latex,
              place.indices.map { "#\($0 + 1)" }.joined(separator: ","))
          written.write(entry, as: Notation.fill(template, place))
          symbols.append(entry)
          values[entry] = [value]
        }
      }
    }
    let equations = components.map { ScalarEquation($0.derivative, over: $0.indices) }
    let scalars = try ScalarSystem(
      equations, inputs: inputs, constants: numeric, softmax: softmax, limit: limit)
    let derivatives = target.adopt(scalars, inputs: symbols)
    let unrolled = zip(symbols, derivatives).map {
      Component(symbol: $0, indices: [], derivative: $1)
    }
    let system = FlowSystem(
      graph: target, heading: heading, components: unrolled, names: names, initial: initial, constants: values
    )
    return (system, written)
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

extension ExpressionGraph {
  /// A scalar system's equations as expressions of scalar symbols. Nodes are taken over as they are: merging
  /// sums into sums would undo their sharing.
  fileprivate func adopt(_ scalars: ScalarSystem, inputs: [Symbol]) -> [Expression] {
    var image: [NodeID] = []
    for node in scalars.nodes {
      let adopted: NodeID
      switch node {
      case .number(let value): adopted = number(value)
      case .input(let position): adopted = entry(inputs[position], [])
      case .sum(let terms):
        let terms = terms.map { Term(coefficient: $0.coefficient, node: image[Int($0.node)]) }
        adopted = intern(.sum(terms.sorted { $0.node < $1.node }), free: [])
      case .product(let factors):
        let factors = factors.map { Factor(base: image[Int($0.base)], exponent: $0.exponent) }
        adopted = intern(.product(factors.sorted { $0.base < $1.base }), free: [])
      case .function(let function, let argument):
        adopted = intern(.function(function, image[Int(argument)]), free: [])
      case .maximum(let arguments):
        // max(x, y) = x + max(0, y − x): good to rounding, all that a softmax's shift needs.
        let nodes = arguments.map { image[Int($0)] }
        adopted = nodes.dropFirst().reduce(nodes[0]) { largest, other in
          let excess = raw([Term(coefficient: .one, node: other), Term(coefficient: -1, node: largest)])
          let positive = intern(.function(.rectifier, excess), free: [])
          return raw([Term(coefficient: .one, node: largest), Term(coefficient: .one, node: positive)])
        }
      }
      image.append(adopted)
    }
    return scalars.equations.map { Expression(self, image[Int($0)]) }
  }

  /// A sum of different nodes, not merged with the sums in it.
  private func raw(_ terms: [Term]) -> NodeID {
    intern(.sum(terms.sorted { $0.node < $1.node }), free: [])
  }
}
