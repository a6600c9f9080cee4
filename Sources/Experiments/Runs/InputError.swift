import Flows
import Foundation
import InductionModel
import MarkovChains
import ODESolvers
import StrictJSON
import SymbolicTensors
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
    case let error as ReportError: error.description
    case let error as ChainError: "source: \(error)"
    case let error as KernelError: "source: \(error)"
    case let error as SamplerError: "source: \(error)"
    case let error as PriorError: "source.prior: \(error)"
    case let error as InformationError: "model.window: \(error)"
    case let error as DataFileError: error.description
    case let error as TheoryError: error.isInputError ? error.message : nil
    case let error as PlanError: error.isInputError ? error.message : nil
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

/// Errors of computations that were asked for properly, and of what is around them.
public enum ComputationError {
  /// What happened, where, and what to try; nil for an error that is none.
  public static func describing(_ error: any Error) -> String? {
    switch error {
    case let error as RunFailure: error.description
    case let error as RunFolderError: error.description
    case let error as FlowFailure: error.message
    case let error as TheoryError: error.message
    case let error as PlanError: error.message
    case let error as FlowError: error.description
    case let error as TrainingError: "training: \(error)"
    case let error as SlurmError: error.description
    case let error as PythonError: error.description
    case let error as CompilationError: error.description
    case is EncodingError:
      "a result is not finite, so that it cannot be saved; start from smaller parameters"
    case let error as CocoaError: error.localizedDescription
    default: nil
    }
  }
}

extension TrainingError {
  /// Whether the input is to blame rather than the computation.
  fileprivate var isInputError: Bool { if case .notFinite = self { false } else { true } }
}
