import SymbolicTensors

/// An intermediate result of a loss with what it and its derivative are called.
struct NamedStep {
  let expression: Expression
  /// With `#1`, `#2`, ... for the indices; the bar goes before the name of the derivative.
  let template: String
  let derivative: String
  let indices: [Index]
  var definition = Notation.Definition.printed
}

extension Notation {
  mutating func name(_ steps: [NamedStep]) {
    for step in steps {
      name(step.expression, step.template, step.indices, definition: step.definition)
    }
  }

  /// Names the derivatives of the loss by intermediate results.
  mutating func nameAdjoints(_ steps: [NamedStep], of loss: Expression, on variables: [Expression]) {
    let adjoints = loss.adjoints(of: steps.map(\.expression), on: variables)
    for (step, adjoint) in zip(steps, adjoints) {
      // Where an adjoint lacks an index it is constant along it: its name would say too much.
      guard let adjoint, adjoint.freeIndices.count == step.indices.count else { continue }
      name(adjoint, step.derivative, step.indices)
    }
  }
}

enum GradientText {
  static let explanation =
    "The flow is $\\dot\\theta=-\\partial L/\\partial\\theta$. A bar marks the derivative of $L$ by what stands "
    + "under it, as reverse accumulation finds it from the loss down to the parameters. $T_1, T_2, \\ldots$ are "
    + "results that occur more than once or are too long for a line. $(\\cdot)_\\circ^r$ is the power that is 0 at 0."
}
