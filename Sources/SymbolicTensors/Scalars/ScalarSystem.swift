/// Explicit scalar equations: tensor expressions with every index written out and every known number put in.
///
///     let system = try ScalarSystem(
///       [ScalarEquation(rate, over: [j])], inputs: [ScalarInput(w, ["w[1]", "w[2]"])], constants: [g: numbers])
///     system.names       // what the equations depend on, in the order of a state
///     system.equations   // one node per component, row-major over an equation's indices
///
/// Nodes are shared: one that two equations need is computed once.
public struct ScalarSystem {
  /// The inputs' names, one after another in the order in which they were given.
  public let names: [String]
  /// What the equations are written in: scalars only.
  public let graph: ExpressionGraph
  /// A scalar symbol for each name.
  public let inputs: [Symbol]
  public let equations: [Expression]

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
    let size = graph.entriesWritten(for: equations)
    guard size <= limit, size < .max else { throw ScalarSystemError.tooLarge(entries: size, limit: limit) }
    let target = ExpressionGraph(.rounded)
    var unrolling = Unrolling(graph, onto: target, softmax: softmax)
    var names: [String] = []
    var symbols: [Symbol] = []
    for input in inputs {
      let size = graph.size(of: input.symbol)
      guard input.names.count == size else {
        throw ScalarSystemError.wrongCount(
          symbol: graph.name(of: input.symbol), found: input.names.count, expected: size)
      }
      let entries = input.names.map { target.symbol($0, role: .parameter) }
      unrolling.bind(input.symbol, to: entries.map { target.entry($0, []) })
      names += input.names
      symbols += entries
    }
    for (symbol, values) in constants {
      let size = graph.size(of: symbol)
      guard values.count == size else {
        throw ScalarSystemError.wrongCount(
          symbol: graph.name(of: symbol), found: values.count, expected: size)
      }
      unrolling.bind(symbol, to: values.map { target.number(Number($0)) })
    }
    self.equations = try unrolling.unroll(equations).map { Expression(target, $0) }
    (self.names, self.graph, self.inputs) = (names, target, symbols)
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
  /// The equations go through more entries of tensors than the limit: evaluate the tensor form instead.
  case tooLarge(entries: Int, limit: Int)
}

/// How a softmax is written in scalars.
public enum SoftmaxForm: Hashable, Sendable {
  /// exp(x_i)/Σ exp(x_j), as one writes it; overflows beyond x = 709.
  case plain
  /// exp(x_i − max)/Σ exp(x_j − max), as one computes it.
  case shifted
}
