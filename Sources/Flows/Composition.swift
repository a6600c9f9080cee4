import SymbolicTensors

/// A loss in steps, L(yₙ(… y₁(θ))): each a tensor in terms of the one before it, and the loss in terms of the last.
///
/// Where few numbers stand between the parameters and a large sum, the whole Hessian by way of them is much cheaper than
/// one product a parameter. Nothing is declared but expressions; what follows from them is found: all
/// derivatives, steps that are linear, and indices along which steps run side by side, so that the loss is a sum over
/// them of functions of slices.
///
///     // Softmax regression, −Σ_n log softmax(W x_n)[label_n].
///     let logits = graph(graph.symbol("y", shape: [samples, classes], role: .variable), n, c)
///     let composition = Composition(
///       of: parameters,
///       through: [.init(logits, is: (graph(weights, c, i) * graph(inputs, n, i)).sum(over: i))],
///       loss: -(graph(labels, n, c) * logits.softmax(over: c).logarithm).sum(over: n, c))
public struct Composition {
  /// A tensor between the parameters and the loss.
  public struct Step {
    /// An entry of a symbol of role `variable`, at distinct indices. An index that steps have in common runs along.
    public let variable: Expression
    /// On the variable's indices.
    public let value: Expression

    public init(_ variable: Expression, is value: Expression) {
      (self.variable, self.value) = (variable, value)
    }
  }

  public let parameters: ParameterSymbols
  /// From the parameters on.
  public let steps: [Step]
  /// A scalar.
  public let loss: Expression

  /// - Parameter steps: one at least. The first is written in the parameters, each later one and the loss in the variable
  ///   before it alone.
  public init(of parameters: ParameterSymbols, through steps: [Step], loss: Expression) {
    (self.parameters, self.steps, self.loss) = (parameters, steps, loss)
    precondition(!steps.isEmpty, "a composition has a step")
    let moving = Set(parameters.symbols + steps.compactMap(\.variable.symbol))
    let allowed = [Set(parameters.symbols)] + steps.map { Set([$0.variable.symbol].compactMap { $0 }) }
    for (expression, own) in zip(steps.map(\.value) + [loss], allowed) {
      precondition(
        moving.intersection(parameters.graph.symbols(of: [expression])).isSubset(of: own),
        "a step is written in the tensor before it")
    }
  }

  /// The loss as one expression of the parameters.
  public var expression: Expression {
    steps.reversed().reduce(loss) { substitute([$1.variable: $1.value], in: [$0])[0] }
  }
}
