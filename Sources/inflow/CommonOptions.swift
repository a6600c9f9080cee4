import ArgumentParser
import Experiments
import Foundation

/// What every command takes.
struct CommonOptions: ParsableArguments {
  @Argument(
    help: "The configuration, a YAML file; - for standard input.",
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String

  @OptionGroup var changes: OverrideOptions
  @OptionGroup var execution: ExecutionOptions

  var overrides: [Override] { changes.overrides }

  /// - Throws: `ConfigurationError`.
  func experiment() throws -> Experiment {
    try Experiment(Configuration(contentsOf: config, overrides: overrides))
  }
}

/// Changes of a configuration.
struct OverrideOptions: ParsableArguments {
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Overrides a key; the value is YAML, null removes the key. May be repeated.",
      valueName: "key.path=value"))
  var overrides: [Override] = []
}

/// How a command runs; nothing here changes a result.
struct ExecutionOptions: ParsableArguments {
  @Option(
    name: .customLong("threads"),
    help: ArgumentHelp(
      "Threads to use, by default one per processor; the results do not depend on it.", valueName: "n"))
  var requestedThreads: Int?

  @Flag(help: "No progress and no warnings on standard error.")
  var quiet = false

  var threads: Int { requestedThreads ?? ProcessInfo.processInfo.activeProcessorCount }

  func validate() throws {
    try ValidationError.check("threads", [threads], in: 1...1024)
  }
}

/// Of commands that write.
struct OverwriteOptions: ParsableArguments {
  @Flag(help: "Overwrites what is there under the name of the output.")
  var force = false

  /// Of a run's folder.
  var run: RunClaim.Existing { force ? .replace : .keep }

  /// Of a file.
  var file: ExistingFile { force ? .replace : .refuse }
}

extension Override: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
