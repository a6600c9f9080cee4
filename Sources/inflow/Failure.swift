import ArgumentParser
import Experiments
import Foundation
import Theory

/// Where errors become messages and exit statuses, for all commands.
enum Failure {
  static let computation: Int32 = 1
  static let badInput: Int32 = 65
  static let interrupted: Int32 = 130

  /// Prints the error and ends the process; help and version are no errors.
  static func exit(_ error: any Error) -> Never {
    if let run = error as? RunFailure {
      Terminal.complain(run.description)
      Inflow.exit(withError: ExitCode(run.isInterruption ? interrupted : computation))
    }
    guard let message = InputError.describing(error) else {
      if isParsers(error) { Inflow.exit(withError: error) }
      Terminal.complain((error as? TheoryError)?.message ?? "\(error)")
      Inflow.exit(withError: ExitCode(computation))
    }
    Terminal.complain(message)
    Inflow.exit(withError: ExitCode(badInput))
  }

  /// Usage errors, help requests and exit codes belong to the argument parser.
  private static func isParsers(_ error: any Error) -> Bool {
    error is ExitCode || error is ValidationError || error is CleanExit
      || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }
}
