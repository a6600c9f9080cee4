import Foundation

extension Configuration {
  /// What is found again on its own: a run folder has the bytes that its part says and no others.
  public enum Part: Hashable, Sendable {
    /// The integrated flow: `source`, `model`, `loss`, `initial`, `theory`, and the optimizer of `training` where
    /// `theory.correction` takes its rate.
    case flow
    /// One seed of training: `source`, `model`, `loss`, `initial` and `training`, with this seed for all of `seeds`.
    /// `measure` and `checkpoints` belong to it: they decide which rows and files the folder has.
    case training(seed: Int)
  }

  /// What the configuration means: without `name`, without defaults, files by their content.
  ///
  /// - Throws: `ConfigurationError` for a file that cannot be read. O(keys) beside the files.
  public func contentIdentity(_ hashes: InputHashes = InputHashes()) throws -> ContentIdentity {
    let meaning = try mapInputs { file in
      InputFile(path: "sha256:\(try hashes.hash(of: file))", keyPath: file.keyPath)
    }.tree.removing("name")
    let defaults = Self.defaults(of: architecture)
    // That there is training, or another architecture than the standard one, is no default.
    let absent = architecture == Architectures.standard ? ["training"] : ["training", "model.architecture"]
    let told = meaning.without(
      absent.reduce(defaults) { $0.removing($1) },
      alternatives: [defaults, Self.otherOptimizer, Self.otherSource])
    return ContentIdentity("inflow configuration 1", told ?? .map([:]))
  }

  /// As `contentIdentity`, of a part alone: two configurations that differ elsewhere share it.
  public func identity(of part: Part, _ hashes: InputHashes = InputHashes()) throws -> ContentIdentity {
    try self.part(part).contentIdentity(hashes)
  }

  /// The configuration of a part alone, with the defaults for all else.
  ///
  /// - Throws: never for a configuration that was read.
  public func part(_ part: Part) throws -> Configuration {
    switch part {
    case .flow:
      let optimizer = theory.correction == .none ? nil : training?.optimizer
      return try replacing("training", with: optimizer.map { .map(["optimizer": $0.tree]) })
    case .training(let seed):
      var result = try replacing("theory", with: nil)
      result.training?.seeds = [seed]
      return result
    }
  }

  /// The configuration with one section read anew; nil for one that is absent.
  private func replacing(_ section: String, with tree: ConfigurationTree?) throws -> Configuration {
    try Configuration(
      .map([section: tree]), folder: URL(fileURLWithPath: "/"), defaultName: name,
      relative: Relative(configuration: self, changed: [section]))
  }

  /// The defaults of what stands in place of the defaults' choices.
  private static let otherOptimizer =
    defaults(of: "training: {optimizer: {adam: {}, schedule: {cosine: {steps: 1}}}}")
    .removing("training.optimizer.schedule.cosine.steps")

  /// The defaults of a text in place of a prior.
  private static let otherSource: ConfigurationTree = {
    let smallest = "source: {text: {file: x}}\nmodel: {window: 1, heads: 1, degree: 1}"
    let read = try? Configuration(yaml: smallest, named: "", folder: URL(fileURLWithPath: "/"))
    return ConfigurationTree.map(["source": read?.source.tree.removing("text.file")])
  }()
}
