import ArgumentParser
import Experiments
import Foundation
import Theory

/// Where errors become messages and exit statuses, for all commands.
enum Failure {
  static let computation: Int32 = 1
  static let badInput: Int32 = 65
  static let interrupted: Int32 = 130

  /// Prints the error and ends the process. Usage errors (64), help and version belong to the argument parser.
  static func exit(_ error: any Error) -> Never {
    if let message = InputError.describing(error) { exit(badInput, message) }
    switch error {
    case let run as RunFailure: exit(run.isInterruption ? interrupted : computation, run.description)
    case let slurm as SlurmError: exit(computation, slurm.description)
    case let folder as RunFolderError: exit(computation, folder.description)
    case let theory as TheoryError: exit(computation, theory.message)
    default: Inflow.exit(withError: error)
    }
  }

  private static func exit(_ status: Int32, _ message: String) -> Never {
    Terminal.complain(message)
    Inflow.exit(withError: ExitCode(status))
  }
}
