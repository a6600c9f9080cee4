import Foundation
import InductionModel

/// Everything that a run depends on, with all defaults filled in.
public struct Configuration: Equatable, Sendable {
  public var name: String
  public var source: SourceConfiguration
  /// What is trained.
  public var architecture: Architecture
  /// Sizes and variant: of the disentangled model that the theory is of, and of what is trained.
  public var model: ModelDefinition
  public var loss: Loss
  public var initial: InitialConfiguration
  public var theory: TheoryConfiguration
  /// nil when the file has no such section.
  public var training: TrainingConfiguration?

  /// The version of the format that this program reads and writes.
  public static let format = 1
}

extension Configuration {
  /// Reads a file, or standard input for `-`, then applies the overrides in order.
  ///
  /// - Throws: `ConfigurationError` with file, line and key path.
  public init(contentsOf path: String, overrides: [Override] = []) throws {
    let file = try ConfigurationFile(path)
    try self.init(file.tree, folder: file.folder, defaultName: file.defaultName, overrides: overrides)
  }

  /// - Parameters:
  ///   - file: what messages call the text.
  ///   - folder: what relative paths in the text are relative to.
  public init(
    yaml text: String, named file: String, defaultName: String = "unnamed", folder: URL,
    overrides: [Override] = []
  ) throws {
    try self.init(
      ConfigurationTree(yaml: text, at: .file(file, line: nil)), folder: folder, defaultName: defaultName,
      overrides: overrides)
  }

  /// - Parameters:
  ///   - tree: as it was read: keys that it leaves out have their defaults.
  ///   - relative: a configuration that was read from the same tree but for some sections, which alone are read.
  init(
    _ tree: ConfigurationTree, folder: URL, defaultName: String = "unnamed", overrides: [Override] = [],
    relative: Relative? = nil
  ) throws {
    var tree = tree
    try tree.apply(overrides)
    try self.init(Cursor(tree: tree, path: "", folder: folder), defaultName: defaultName, relative)
  }

  struct Relative: Sendable {
    let configuration: Configuration
    /// Keys of the sections that differ.
    let changed: Set<String>

    /// The relative's value unless one of the sections that it depends on differs.
    func value<Value>(_ value: KeyPath<Configuration, Value>, of sections: String...) -> Value? {
      changed.isDisjoint(with: sections) ? configuration[keyPath: value] : nil
    }
  }

  private init(_ cursor: Cursor, defaultName: String, _ relative: Relative?) throws {
    let section = try cursor.section(
      "format", "name", "source", "model", "loss", "initial", "theory", "training")
    if let format = section["format"], try format.integer(in: 0...Int.max) != Self.format {
      throw format.error(.outOfRange, allowed: "\(Self.format), the only format that this version reads")
    }
    name = try section["name"]?.line("a name of printable characters on one line") ?? defaultName
    source =
      try relative?.value(\.source, of: "source")
      ?? SourceConfiguration(section.required("source", "a map with tokens, parents and a prior or kernels"))
    func modelSection() throws -> Cursor {
      try section.required("model", "a map with window, heads and degree")
    }
    architecture =
      try relative?.value(\.architecture, of: "model") ?? ModelConfiguration.architecture(modelSection())
    model =
      try relative?.value(\.model, of: "source", "model")
      ?? ModelConfiguration.read(modelSection(), tokens: source.tokens, architecture)
    loss = try relative?.value(\.loss, of: "loss") ?? Loss(section["loss"])
    initial =
      try relative?.value(\.initial, of: "model", "initial")
      ?? InitialConfiguration(section["initial"], architecture)
    theory =
      try relative?.value(\.theory, of: "source", "model", "theory")
      ?? TheoryConfiguration(section["theory"], StageScope(model))
    training =
      try relative?.value(\.training, of: "source", "model", "training")
      ?? section["training"].map { [scope = trainingScope] in try TrainingConfiguration($0, scope) }
    if let kernels = training?.data.kernels, !source.gives(kernels) {
      throw ConfigurationError(
        .conflict, at: cursor.tree.place, keyPath: "training.data.kernels", found: kernels.rawValue,
        allowed: "\(kernels.rawValue) only where there is source.\(kernels.rawValue)")
    }
  }

  private var trainingScope: StageScope {
    StageScope(
      groups: trainable.space.groups, definition: model, owner: "model.architecture \(architecture.name)")
  }

  var tree: ConfigurationTree {
    .map([
      "format": .integer(Self.format), "name": .text(name), "source": source.tree,
      "model": ModelConfiguration.tree(model, architecture), "loss": loss.tree,
      "initial": initial.tree(architecture), "theory": theory.tree, "training": training?.tree,
    ])
  }

  /// The resolved configuration: it reads back to the same value, also from another folder.
  public func yaml() throws -> String { try tree.yaml() }
}
