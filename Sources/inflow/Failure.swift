import ArgumentParser
import Experiments
import Foundation

/// Where errors become messages and exit statuses, for all commands.
enum Failure {
  static let computation: Int32 = 1
  static let badInput: Int32 = 65
  static let interrupted: Int32 = 130

  /// Prints the error and ends the process.
  static func exit(_ error: any Error) -> Never {
    switch error {
    case let run as RunFailure:
      exit(run.isInterruption ? interrupted : computation, run.description)
    case let output as OutputError: exit(computation, output.description)
    default: break
    }
    if let message = InputError.describing(error) { exit(badInput, message) }
    if let message = ComputationError.describing(error) { exit(computation, message) }
    exitAsParsed(error)
  }

  private static func exit(_ status: Int32, _ message: String) -> Never {
    Terminal.complain(message)
    Foundation.exit(status)
  }

  /// Wrong usage (64), help, version and statuses without a message, which belong to the argument parser.
  private static func exitAsParsed(_ error: any Error) -> Never {
    let (status, text) = (Inflow.exitCode(for: error), Inflow.fullMessage(for: error))
    guard status.isSuccess else {
      if !text.isEmpty { Terminal.log(text.hasSuffix("\n") ? text : text + "\n") }
      Foundation.exit(status.rawValue)
    }
    do {
      try Terminal.result(text)
      Foundation.exit(0)
    } catch {
      exit(computation, error.description)
    }
  }
}
