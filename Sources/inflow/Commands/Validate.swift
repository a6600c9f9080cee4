import ArgumentParser
import Experiments

struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads a configuration and says what would run: sizes, memory, steps, time.",
    discussion: """
      Examples:
        inflow validate Examples/two-parents.yaml --set model.window=4
        inflow validate --schema > configuration.schema.json
      """)

  @Argument(
    help: "The configuration, a YAML file; - for standard input.",
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Flag(help: "Prints the JSON schema of configurations, for editors, and reads none.")
  var schema = false

  @OptionGroup var changes: OverrideOptions
  @OptionGroup var execution: ExecutionOptions

  func validate() throws {
    guard schema != (config != nil) else {
      throw ValidationError(
        "found \(schema ? "a configuration beside --schema" : "nothing to read"), allowed: a configuration, or --schema"
      )
    }
  }

  func run() throws {
    guard let config else { return try Terminal.result(ConfigurationSchema.text) }
    let experiment = try Experiment(Configuration(contentsOf: config, overrides: changes.overrides))
    try Terminal.result(Outlook(experiment, threads: execution.threads).text)
  }
}
