import Foundation

/// A configuration as a command is given it: a file, or `-` for standard input.
struct ConfigurationFile {
  static let standardInput = "-"

  let tree: ConfigurationTree
  /// What relative paths in it are relative to: the file's folder, or the current one.
  let folder: URL
  /// What it is called if it does not say.
  let defaultName: String

  /// - Throws: `ConfigurationError` as `ConfigurationTree.init(contentsOf:at:_:)`.
  init(_ path: String) throws {
    let name = Self.name(of: path)
    tree = try ConfigurationTree(contentsOf: path, at: .file(name, line: nil), "a configuration in YAML")
    folder = URL(fileURLWithPath: name).deletingLastPathComponent()
    defaultName =
      path == Self.standardInput
      ? "unnamed"
      : URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent.escapingControls(.all)
  }

  /// How messages call it.
  static func name(of path: String) -> String { path == standardInput ? "standard input" : path }
}
