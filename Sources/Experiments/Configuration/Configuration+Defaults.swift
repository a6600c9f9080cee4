import Foundation

extension Configuration {
  /// What keys stand for that a file leaves out, those of `training` once the section is there. Keys that are
  /// required are not among them.
  static let defaults = defaults(of: "training: {}")

  /// The same in a configuration of this tree's architecture.
  static func defaults(for tree: ConfigurationTree) -> ConfigurationTree {
    let name = ConfigurationPath("model.architecture").flatMap { tree[$0] }
    return defaults(of: Architecture(named: name))
  }

  /// The same in a configuration of this architecture.
  static func defaults(of architecture: Architecture) -> ConfigurationTree {
    architecture == Architectures.standard ? defaults : defaults(of: "training: {}", architecture)
  }

  /// What keys stand for where a file makes these choices.
  static func defaults(of choices: String, _ architecture: Architecture = Architectures.standard)
    -> ConfigurationTree
  {
    let smallest = """
      source: {tokens: 2, parents: [1]}
      model: {architecture: \(architecture.name), window: 1, heads: 1, degree: 1}
      \(choices)
      """
    let read = try? Configuration(yaml: smallest, named: "", folder: URL(fileURLWithPath: "/"))
    return ["name", "source.tokens", "source.parents", "model.window", "model.heads", "model.degree"]
      .reduce(read?.tree ?? .map([:])) { $0.removing($1) }
  }
}

extension Architecture {
  /// The standard one for a value that names none; reading says what is wrong with it.
  fileprivate init(named value: ConfigurationTree?) {
    let name: String? =
      switch value?.content {
      case .plain(let text)?, .quoted(let text)?: text
      case .null?, .list?, .map?, nil: nil
      }
    self = Architectures.all.first { $0.name == name }.map(Architecture.init) ?? Architectures.standard
  }
}

extension ConfigurationPath {
  /// Whether it may say which architecture there is.
  var isOfModel: Bool { steps.first == .key("model") }
}

extension ConfigurationTree {
  /// Applies overrides in order; paths lead into the default lists of the architecture that all of them ask for.
  mutating func apply(_ overrides: [Override]) throws {
    // Defaults are themselves read, from a text without overrides.
    guard !overrides.isEmpty else { return }
    var named = self
    for override in overrides where override.path.isOfModel {
      try? named.apply(override, defaults: Configuration.defaults)
    }
    let defaults = Configuration.defaults(for: named)
    for override in overrides { try apply(override, defaults: defaults) }
  }
}
