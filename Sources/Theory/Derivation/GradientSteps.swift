import SymbolicTensors

/// An intermediate result of a loss with what it is called.
struct NamedStep {
  let expression: Expression
  /// With `#1`, `#2`, ... for the indices.
  let template: String
  let indices: [Index]
  var definition = Notation.Definition.printed
}

extension Notation {
  mutating func name(_ steps: [NamedStep]) {
    for step in steps {
      name(step.expression, step.template, step.indices, definition: step.definition)
    }
  }
}

enum GradientText {
  static let explanation =
    "The flow is $\\dot\\theta=-\\partial L/\\partial\\theta$, found by reverse accumulation on the expression. "
    + "$T_1, T_2, \\ldots$ are results that occur more than once or are too long for a line. "
    + "$(\\cdot)_\\circ^r$ is the power that is 0 at 0."
}
