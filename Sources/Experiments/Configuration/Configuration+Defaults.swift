import Foundation

extension Configuration {
  /// What keys stand for that a file leaves out, those of `training` once the section is there. Keys that are
  /// required are not among them.
  static let defaults = defaults(of: "training: {}")

  /// What keys stand for where a file makes these choices.
  static func defaults(of choices: String) -> ConfigurationTree {
    let smallest = """
      source: {tokens: 2, parents: [1]}
      model: {window: 1, heads: 1, degree: 1}
      \(choices)
      """
    let read = try? Configuration(yaml: smallest, named: "", folder: URL(fileURLWithPath: "/"))
    return ["name", "source.tokens", "source.parents", "model.window", "model.heads", "model.degree"]
      .reduce(read?.tree ?? .map([:])) { $0.removing($1) }
  }
}
