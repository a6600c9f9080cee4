import ArgumentParser
import Experiments
import Foundation

/// What every command takes.
struct CommonOptions: ParsableArguments {
  @Argument(help: "The configuration, a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var config: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Overrides a key; the value is YAML, null removes the key. May be repeated.",
      valueName: "key.path=value"))
  var overrides: [Override] = []

  @OptionGroup var execution: ExecutionOptions

  /// - Throws: `ConfigurationError`.
  func experiment() throws -> Experiment {
    try Experiment(Configuration(contentsOf: config, overrides: overrides))
  }
}

/// How a command runs; nothing here changes a result.
struct ExecutionOptions: ParsableArguments {
  @Option(help: "Threads to use; the results do not depend on it. (default: all processors)")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "No progress and no warnings on standard error.")
  var quiet = false

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads: found \(threads), allowed: an integer from 1 to 1024")
    }
  }
}

/// Where a run goes.
struct OutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder of the run; it must be new or empty.", valueName: "dir"))
  var out: String

  @Flag(help: "Overwrites the run that is in the folder.")
  var force = false

  func folder() throws -> RunFolder { try RunFolder(creating: out, existing: force ? .replace : .refuse) }
}

extension Override: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
