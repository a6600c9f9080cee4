import Flows
import ODESolvers
import SymbolicTensors
import Theory

extension TheoryError {
  /// What happened and what to try.
  public var message: String {
    switch self {
    case .infiniteLoss(let epsilon):
      "the loss is infinite with epsilon = \(epsilon): a next token does not occur in its context; try "
        + "--set loss.epsilon=1e-3"
    case .overflow(let scale):
      "exp(a q) leaves the range of double precision at a = \(scale); lower the scale"
    case .negativePrediction(let epsilon):
      "the linear second layer predicts y + epsilon <= 0 (epsilon = \(epsilon)), whose logarithm is none; try a "
        + "smaller scale, a larger loss.epsilon, or criterion logits"
    case .notFinite: "the loss or its gradient is not finite; try another start"
    case .noExpansion: "the loss has no power series in a; use level infinite-context"
    case .shortSequence(let length, let shortest):
      "sequences: found \(length) tokens, allowed: at least \(shortest)"
    case .unequalSequences(let length, let expected, let position):
      "sequences[\(position)]: found \(length) tokens, allowed: \(expected), as in the first"
    case .noSequences: "sequences: found none, allowed: at least one"
    case .tooManySequences(let count, let most):
      "theory.sequences.count: found \(count); allowed: at most \(most) of this length for equations in tensor form; "
        + "try --set theory.sequences.count=\(most)"
    case .token(let token, let sequence, let position, let tokens):
      "sequences[\(sequence)][\(position)]: found \(token), allowed: a token from 0 to \(tokens - 1)"
    }
  }

  /// Whether the input is to blame rather than the point of evaluation.
  var isInputError: Bool {
    switch self {
    case .shortSequence, .unequalSequences, .noSequences, .tooManySequences, .token: true
    case .infiniteLoss, .overflow, .negativePrediction, .notFinite, .noExpansion: false
    }
  }
}

/// So that no other error that quotes one shows the names of cases.
extension TheoryError: CustomStringConvertible {
  public var description: String { message }
}

extension PlanError {
  /// What happened and what to try.
  public var message: String {
    switch self {
    case .tooLarge(let bytes, let limit):
      "model.window: the level of theory needs about \(Resources.size(Double(bytes))); allowed: "
        + "\(Resources.size(Double(limit))) on this machine; lower model.window, model.heads or source.tokens"
    case .noRoom(let needed, let room):
      "products of matrices need \(Resources.size(Double(needed))) of address space, and the limits of this process "
        + "leave \(Resources.size(Double(room))): raise them (ulimit -v, ulimit -d)"
    case .nothingToEvaluate: "there is no expression to evaluate"
    case .missingCoefficient(let name, let expected): "\(name) has no numbers; expected: \(expected)"
    }
  }

  /// Whether the input is to blame rather than the point of evaluation.
  var isInputError: Bool {
    if case .tooLarge = self { true } else { false }
  }
}

extension FlowFailure {
  /// What happened, where, and what to try.
  var message: String {
    if let cause { return "at t = \(failure.time): \(ComputationError.describing(cause) ?? "\(cause)")" }
    if case .tooManySteps = failure.reason {
      return failure.limitedByStability
        ? "\(failure) (--set theory.solver.stepper=auto)" : "\(failure) (key theory.solver.steps)"
    }
    return "\(failure)"
  }
}
