import InductionModel
import MarkovChains
import ODESolvers
import Theory
import Transformer

/// Errors that the input is to blame for, in one place: all others are failures of a computation.
public enum InputError {
  /// What is wrong, where, what is allowed and what to try; nil for an error that is no input's fault.
  public static func describing(_ error: any Error) -> String? {
    switch error {
    case let error as ConfigurationError: error.description
    case let error as RunFolderError: error.isInputError ? error.description : nil
    case let error as FigureError: error.description
    case let error as ChainError: "source: \(error)"
    case let error as KernelError: "source: \(error)"
    case let error as SamplerError: "source: \(error)"
    case let error as PriorError: "source.prior: \(error)"
    case let error as InformationError: "model.window: \(error)"
    case let error as DataFileError: error.description
    case let error as TheoryError: error.isInputError ? error.message : nil
    case let error as DerivationError: error.description
    case let error as TrainingError: error.isInputError ? "training: \(error)" : nil
    case let error as OptimizerError: "training.optimizer: \(error)"
    case let error as SequenceError: "training: \(error)"
    case let error as ModelMismatch: "training: \(error)"
    case let error as ProblemError: "theory.solver: \(error)"
    case let error as SlurmError: error.isInputError ? error.description : nil
    default: nil
    }
  }
}

extension TrainingError {
  /// Whether the input is to blame rather than the computation.
  fileprivate var isInputError: Bool { if case .notFinite = self { false } else { true } }
}
