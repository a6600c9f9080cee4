/// Explicit scalar equations: tensor expressions with every index written out and every known number put in.
///
///     let system = try ScalarSystem(
///       [ScalarEquation(rate, over: [j])], inputs: [ScalarInput(w, ["w[1]", "w[2]"])], constants: [g: numbers])
///     system.names       // what the equations depend on, in the order of a state
///     system.equations   // one node per component, row-major over an equation's indices
///
/// Nodes are shared: one that two equations need stands in `nodes` once.
public struct ScalarSystem: Sendable {
  /// The inputs' names, one after another in the order in which they were given.
  public let names: [String]
  /// Children before parents.
  public let nodes: [ScalarNode]
  public let equations: [ScalarID]

  public init(names: [String], nodes: [ScalarNode], equations: [ScalarID]) {
    self.names = names
    self.nodes = nodes
    self.equations = equations
  }

  /// Unrolls tensor expressions of one graph.
  ///
  /// - Parameters:
  ///   - equations: whose entries become the system's equations, in order.
  ///   - inputs: symbols that stay symbolic, with a name for each entry.
  ///   - constants: the numbers of all other symbols, row-major; entries that are 0 drop what they multiply.
  ///   - softmax: how a softmax is written.
  ///   - limit: the most entries of tensors to be written out.
  /// - Throws: `ScalarSystemError`.
  /// - Complexity: the number of entries of all tensors in the expressions.
  public init(
    _ equations: [ScalarEquation], inputs: [ScalarInput], constants: [Symbol: [Double]] = [:],
    softmax: SoftmaxForm = .shifted, limit: Int = 20_000_000
  ) throws {
    guard let graph = equations.first?.expression.graph else { throw ScalarSystemError.noEquations }
    var unrolling = Unrolling(graph, softmax: softmax, limit: limit)
    var names: [String] = []
    for input in inputs {
      let size = graph.shape(of: input.symbol).reduce(1, *)
      guard input.names.count == size else {
        throw ScalarSystemError.wrongCount(
          symbol: graph.name(of: input.symbol), found: input.names.count, expected: size)
      }
      unrolling.bind(input.symbol, toInputsFrom: names.count, count: size)
      names += input.names
    }
    for (symbol, values) in constants {
      let size = graph.shape(of: symbol).reduce(1, *)
      guard values.count == size else {
        throw ScalarSystemError.wrongCount(
          symbol: graph.name(of: symbol), found: values.count, expected: size)
      }
      unrolling.bind(symbol, to: values)
    }
    let roots = try unrolling.unroll(equations)
    (nodes, self.equations) = unrolling.scalars.pruned(roots)
    self.names = names
  }
}

/// A tensor expression and the indices whose values its scalar equations run over.
public struct ScalarEquation {
  public let expression: Expression
  public let indices: [Index]

  /// - Parameter indices: by default those that the expression depends on; more are allowed, the last one fastest.
  public init(_ expression: Expression, over indices: [Index]? = nil) {
    self.expression = expression
    self.indices = indices ?? expression.freeIndices
  }
}

/// A symbol that stays symbolic, with the names of its entries, row-major.
public struct ScalarInput {
  public let symbol: Symbol
  public let names: [String]

  public init(_ symbol: Symbol, _ names: [String]) {
    self.symbol = symbol
    self.names = names
  }
}

/// Why expressions cannot be written out in scalars.
public enum ScalarSystemError: Error, Equatable {
  case noEquations
  /// As many names or numbers as the symbol has entries are needed.
  case wrongCount(symbol: String, found: Int, expected: Int)
  /// Neither an input nor a constant.
  case unbound(symbol: String)
  /// An index of the expression that its equation does not run over.
  case missingIndex
  /// More tensor entries than the limit: evaluate the tensor form instead.
  case tooLarge(entries: Int, limit: Int)
}

extension ScalarGraph {
  /// Only what the roots need, renumbered in the same order.
  fileprivate func pruned(_ roots: [ScalarID]) -> (nodes: [ScalarNode], roots: [ScalarID]) {
    var needed = [Bool](repeating: false, count: nodes.count)
    for root in roots { needed[Int(root)] = true }
    for id in nodes.indices.reversed() where needed[id] {
      for child in nodes[id].children { needed[Int(child)] = true }
    }
    var image = [ScalarID](repeating: 0, count: nodes.count)
    var kept: [ScalarNode] = []
    for id in nodes.indices where needed[id] {
      image[id] = ScalarID(kept.count)
      kept.append(nodes[id].mapped { image[Int($0)] })
    }
    return (kept, roots.map { image[Int($0)] })
  }
}

extension ScalarNode {
  /// What the node is made of.
  public var children: [ScalarID] {
    switch self {
    case .number, .input: []
    case .sum(let terms): terms.map(\.node)
    case .product(let factors): factors.map(\.base)
    case .function(_, let argument): [argument]
    case .maximum(let arguments): arguments
    }
  }

  func mapped(_ image: (ScalarID) -> ScalarID) -> ScalarNode {
    switch self {
    case .number, .input: self
    case .sum(let terms):
      .sum(terms.map { ScalarTerm(coefficient: $0.coefficient, node: image($0.node)) })
    case .product(let factors):
      .product(factors.map { ScalarFactor(base: image($0.base), exponent: $0.exponent) })
    case .function(let function, let argument): .function(function, image(argument))
    case .maximum(let arguments): .maximum(arguments.map(image))
    }
  }
}
